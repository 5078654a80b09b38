import { expect, test } from 'vitest'
import type { Outcome } from '../../src/store/store.ts'
import { describeCrl } from '../../src/x509/crl.ts'
import { csrFor, rootOrder, target } from '../contracts/authority/world.ts'
import { memoryStore } from '../support/worlds.ts'

const reason = 'certificateHold'

/** How many entries the outcome of an authority says that its CRL has. */
const entriesIn = (outcomes: readonly Outcome[]): unknown =>
  (outcomes.find(({ kind }) => kind === 'authority')!.row['crl'] as { readonly entries: number }).entries

test('a dry run of revoking and of releasing says how many entries the CRL would have', async () => {
  const store = memoryStore()
  await store.createAuthority(rootOrder())
  const signings = await store.issue(
    [{ csr: csrFor(['dns:a.example']) }, { csr: csrFor(['dns:b.example']) }],
    {},
  )
  const [one, other] = signings.map(({ outcomes }) => target(outcomes[0]!.id, 'certificate'))
  const listed = async (): Promise<number> => describeCrl((await store.crl('root')).der).revokedCount
  for (const targets of [[one!], [other!]]) {
    const dry = await store.revoke(targets, { reason }, { dryRun: true })
    await store.revoke(targets, { reason })
    expect(entriesIn(dry.outcomes)).toBe(await listed())
  }
  const dry = await store.release([one!], {}, { dryRun: true })
  await store.release([one!], {})
  expect(entriesIn(dry.outcomes)).toBe(await listed())
})
