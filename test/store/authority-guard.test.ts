import { expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { authorityGuard } from '../../src/store/authority-guard.ts'
import { localStore } from '../../src/store/local-store.ts'
import { rootOrder } from '../contracts/authority/world.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { memoryRepository } from '../support/memory-repository.ts'

const END = '2026-06-01T00:00:00Z'
const revocation = { date: '2026-04-01T00:00:00Z', reason: 'superseded' }

/** Why a certificate may not be deleted, in a store with a root. */
async function refusal(row: Record<string, unknown>, at: string): Promise<unknown> {
  const ambient = frozenAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  await localStore(repository, { ambient, kind: 'memory', location: 'memory' }).createAuthority(rootOrder())
  const check = await authorityGuard(repository, new Date(at))
  const record = { kind: 'certificate', id: '7', row: { notAfter: END, ...row } as never } as const
  try {
    check(record)
  } catch (error) {
    return isCertmanError(error) ? error.code : error
  }
  return undefined
}

test('a revoked certificate is kept as long as it holds, its last second included (RFC 5280 section 4.1.2.5)', async () => {
  const revoked = { authorityId: '1', revocation }
  expect(await refusal(revoked, END)).toBe('state.refused')
  expect(await refusal(revoked, '2026-06-01T00:00:01Z')).toBeUndefined()
})

test('what no CRL of this store lists may go: it is not revoked, or was issued elsewhere', async () => {
  expect(await refusal({ authorityId: '1' }, END)).toBeUndefined()
  expect(await refusal({ revocation }, END)).toBeUndefined()
  expect(await refusal({ revocation, extendedKeyUsage: ['codeSigning'] }, END)).toBeUndefined()
})
