import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../src/library.ts'
import type { ImportBatch, Store } from '../../src/store/store.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { memoryStore, temporaryFolder } from '../support/worlds.ts'

const VALID = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' }

const batchOf = (cn: string): ImportBatch => ({
  certificates: [{ der: makeCertificate({ cn, ...VALID }).der, name: 'web', source: { how: 'imported' } }],
  keys: [],
})

/** The certificate that bears the name, as a caller sees it. */
async function seen(store: Store): Promise<{ kind: 'certificate'; id: string; revision: string }> {
  const { id } = await store.resolve({ kind: 'certificate', by: 'text', text: 'web' })
  return { kind: 'certificate', id, revision: (await store.certificate(id)).revision! }
}

async function outcomes(writers: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const ends = await Promise.allSettled(writers)
  return ends
    .map((end) => (end.status === 'fulfilled' ? 'done' : String((end.reason as { code?: string }).code)))
    .toSorted()
}

test('when two processes replace what both have seen then exactly one of them does, and its certificate stays', async () => {
  const path = join(temporaryFolder(), 'pki')
  const first = await openStore(path, { create: true })
  const second = await openStore(path)
  await first.import(batchOf('zero.example'))
  for (let round = 0; round < 10; round++) {
    const expected = [await seen(first)]
    const writers = [first, second].map((store, at) =>
      store.import(batchOf(`${round}-${at}.example`), { replace: true, expected }),
    )
    expect(await outcomes(writers)).toEqual(['done', 'record.changed'])
    const held = await first.resolve({ kind: 'certificate', by: 'text', text: 'web' })
    expect(held['supersededBy']).toBeUndefined()
    expect((await seen(second)).id).toBe(held.id)
  }
  await Promise.all([first.close(), second.close()])
})

test('when what was expected has gone or changed then nothing of the batch is taken in', async () => {
  const store = memoryStore()
  await store.import(batchOf('zero.example'))
  const before = await seen(store)
  await store.edit(before, { addTags: ['x'] })
  const replacing = store.import(batchOf('one.example'), { replace: true, expected: [before] })
  await expect(replacing).rejects.toMatchObject({ code: 'record.changed' })
  expect(await store.count('certificate', { filter: { op: 'all' } })).toBe(1)
  await store.delete([{ kind: 'certificate', id: before.id }])
  const orphan = store.import(batchOf('one.example'), { replace: true, expected: [before] })
  await expect(orphan).rejects.toMatchObject({ code: 'record.changed' })
})
