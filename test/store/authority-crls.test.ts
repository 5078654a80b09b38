import { expect, test } from 'vitest'
import { systemAmbient } from '../../src/library.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { describeCrl } from '../../src/x509/crl.ts'
import { csrFor, password, rootOrder, said, target } from '../contracts/authority/world.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { memoryRepository } from '../support/memory-repository.ts'

/** A store with a clock that the test sets. */
function world() {
  let now = new Date('2026-03-01T12:00:00Z')
  const ambient = { ...systemAmbient('tester@host'), now: () => now }
  const repository = memoryRepository(describeRecord, ambient)
  const store = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
  return { store, setClock: (instant: string): void => void (now = new Date(instant)) }
}

// RFC 5280 section 3.3
test('what is revoked after its end, from a day before the last CRL, stands in one CRL all the same', async () => {
  const { store, setClock } = world()
  await store.createAuthority(rootOrder())
  await store.issue([{ csr: csrFor(['dns:a.example']) }], { days: 10 })
  setClock('2026-03-20T12:00:00Z')
  await store.crl('root', { renew: true })
  setClock('2026-03-21T12:00:00Z')
  const date = new Date('2026-03-05T00:00:00Z')
  await store.revoke([target('2', 'certificate')], { reason: 'keyCompromise', date })
  expect(describeCrl((await store.crl('root')).der)).toMatchObject({ revokedCount: 1 })
  expect(describeCrl((await store.crl('root', { renew: true })).der)).toMatchObject({ revokedCount: 0 })
})

test('an authority that comes with the number of its next CRL begins with it', async () => {
  const { store } = world()
  const { der: certificate, pkcs8, spki } = makeCertificate({ cn: 'Old', ca: true })
  const source = { how: 'imported' } as const
  const key = { pkcs8, spki, encrypted: false, source }
  await store.importAuthority({ name: 'old', certificate, key, insecure: true, nextCrlNumber: '40', source })
  const numbers: unknown[] = []
  for (let at = 0; at < 2; at++)
    numbers.push(describeCrl((await store.crl('old', { renew: true })).der).crlNumber)
  expect(numbers).toEqual(['40', '41'])
  expect((await store.crl('old')).row).not.toHaveProperty('nextCrlNumber')
})

test('a CRL that waits for the key is signed along with the next certificate, and waits no more', async () => {
  const { store } = world()
  await store.createAuthority(rootOrder({ protection: { password } }))
  await store.issue([{ csr: csrFor(['dns:a.example']) }], { password })
  const { outcomes } = await store.revoke([target('2', 'certificate')], { reason: 'superseded' })
  expect(said(outcomes)).toContain('authority 1 crl waiting')
  const [signing] = await store.issue([{ csr: csrFor(['dns:b.example']) }], { password })
  expect(said(signing!.outcomes)).toContain('authority 1 crl signed')
  const { outcome, der, row } = await store.crl('root')
  expect(outcome).toBe('unchanged')
  expect(describeCrl(der)).toMatchObject({ crlNumber: '2', revokedCount: 1 })
  expect(row).not.toHaveProperty('crlStale')
})
