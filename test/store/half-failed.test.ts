import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import { openDirectory } from '../../src/repository/directory/open.ts'
import { UnfinishedChange, type Repository } from '../../src/repository/repository.ts'
import { localStore } from '../../src/store/local-store.ts'
import type { AuthorityStore } from '../../src/store/authority-store.ts'
import { csrFor, rootOrder, target } from '../contracts/authority/world.ts'
import { failingFiles, type Fault } from '../repository/directory/failing-files.ts'
import { newStore, options, temporaryFolder } from '../repository/directory/stores.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { copyFolder } from '../support/temporary.ts'

const unflushed = failingFiles().open
const ambient = frozenAmbient()
let base: string

const storeOver = (repository: Repository) =>
  localStore(repository, { ambient, kind: 'directory', location: 'pki' })

beforeAll(async () => {
  const { path, repository } = await newStore({ files: unflushed })
  const store = storeOver(repository)
  await store.createAuthority(rootOrder())
  for (const name of ['a', 'b', 'c', 'd']) await store.submit({ csr: csrFor([`dns:${name}.example`]), name })
  for (const id of ['3', '4']) await store.sign(target(id), {})
  await repository.close()
  base = path
})

/** Two calls that come together and so share a transaction, under a fault; what came of each, and what the store then says. */
async function together(
  calls: (store: AuthorityStore) => readonly Promise<unknown>[],
  stateOf: (repository: Repository) => Promise<readonly unknown[]>,
  fault?: Fault,
) {
  const path = join(temporaryFolder(), 'pki')
  copyFolder(base, path)
  const files = failingFiles(fault)
  const repository = await openDirectory(path, options({ files: files.open }))
  const ends = await Promise.allSettled(calls(storeOver(repository)))
  await repository.close()
  const after = await openDirectory(path, options({ files: unflushed }))
  const [states, findings] = [await stateOf(after), await after.check()]
  await after.close()
  return { ends, states, findings, calls: files.calls() }
}

/** What a caller was told, and what is so. */
function verdict(end: PromiseSettledResult<unknown>, state: unknown): string {
  if (end.status === 'fulfilled') return `told done: ${String(state)}`
  if (end.reason instanceof UnfinishedChange) return 'told unfinished'
  return isStoreTrouble(end.reason) ? `told failed: ${String(state)}` : `told ${String(end.reason)}`
}

const isStoreTrouble = (error: unknown): boolean =>
  isCertmanError(error, 'store.full') || isCertmanError(error, 'store.not-writable')

const requestStates = async (repository: Repository): Promise<readonly unknown[]> => {
  const found = await Promise.all(['1', '2'].map((id) => repository.find('request', { by: 'id', id })))
  return found.map(([request]) => request!.row['state'])
}

const certificateStates = async (repository: Repository): Promise<readonly unknown[]> => {
  const found = await Promise.all(['2', '3'].map((id) => repository.find('certificate', { by: 'id', id })))
  return found.map(([certificate]) => (certificate!.row['revocation'] === undefined ? 'good' : 'revoked'))
}

describe.each([
  [
    'signing',
    (store: AuthorityStore) => ['1', '2'].map((id) => store.sign(target(id), {})),
    requestStates,
    ['outstanding', 'issued'],
  ],
  [
    'revoking',
    (store: AuthorityStore) =>
      ['2', '3'].map((id) => store.revoke([target(id, 'certificate')], { reason: 'keyCompromise' })),
    certificateStates,
    ['good', 'revoked'],
  ],
] as const)('when a write fails at any step while %s', (_, calls, stateOf, [before, after]) => {
  test.each(['full', 'broken'] as const)(
    'then nobody hears that it was done already, nor that it failed when it stands: %s',
    async (how) => {
      const whole = await together(calls, stateOf)
      expect(whole.states).toEqual([after, after])
      const verdicts = new Set<string>()
      for (let at = 1; at <= whole.calls; at++) {
        const { ends, states, findings } = await together(calls, stateOf, { at, how })
        expect([at, findings]).toEqual([at, []])
        for (const [one, end] of ends.entries()) verdicts.add(verdict(end, states[one]))
      }
      const right = [`told done: ${after}`, `told failed: ${before}`, 'told unfinished']
      expect([...verdicts].filter((each) => !right.includes(each))).toEqual([])
      expect(verdicts).toContain('told unfinished')
    },
  )
})
