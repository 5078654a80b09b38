import { expect, test } from 'vitest'
import type { Signing } from '../../src/store/authority-orders.ts'
import { describeCertificate } from '../../src/x509/certificate.ts'
import { describeCrl } from '../../src/x509/crl.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { assembleSigned } from '../../src/x509/write-certificate.ts'
import { writeTbsCrl } from '../../src/x509/write-crl.ts'
import { csrFor, password, rootOrder, said, target } from '../contracts/authority/world.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { rootElsewhere, world } from './crl-world.ts'

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

/** Imports a root with a CRL. @returns what is said, and its next CRL as far as it is one */
async function taken(
  { order }: Awaited<ReturnType<typeof rootElsewhere>>,
  crl: Uint8Array,
  nextCrlNumber?: string,
) {
  const { store } = world()
  const { notes } = await store.importAuthority({
    ...order,
    crl,
    ...(nextCrlNumber !== undefined && { nextCrlNumber }),
  })
  const { outcome } = await store.crl('root')
  const { crlNumber } = describeCrl((await store.crl('root', { renew: true })).der)
  return { notes, outcome, crlNumber }
}

test('a CRL is taken for that of an authority only if it has both its name and its signature', async () => {
  const [root, twin] = [await rootElsewhere(), await rootElsewhere()]
  const renamed = { ...root.open, subjectDer: parseNameText('CN=Renamed') }
  const refused = { code: 'policy.refused', message: 'the CRL is not one of the authority "root"' }
  for (const crl of [twin.crlOf({}), root.crlOf({ authority: renamed })])
    await expect(taken(root, crl)).rejects.toMatchObject(refused)
  expect(await taken(root, root.crlOf({}))).toEqual({ notes: [], outcome: 'unchanged', crlNumber: '8' })
})

// RFC 5280 section 5.2.5
test('a CRL that is about some of the certificates only is followed by a whole one at once', async () => {
  const root = await rootElsewhere()
  const { notes, outcome } = await taken(root, root.crlOf({ scope: { onlyContainsUserCerts: true } }))
  expect(notes).toEqual(['the authority "root" needs a CRL: certman ca crl root'])
  expect(outcome).toBe('changed')
})

test('a CRL without a number is followed by the one that the folder of the authority names', async () => {
  const root = await rootElsewhere()
  const { algorithm, subjectDer: issuer } = root.open
  const [thisUpdate, nextUpdate] = [new Date('2026-03-01T12:00:00Z'), new Date('2026-03-08T12:00:00Z')]
  const tbs = writeTbsCrl({ algorithm, issuer, thisUpdate, nextUpdate, entries: [], extensions: [] })
  const crl = assembleSigned(tbs, algorithm, root.signer.sign(tbs))
  expect((await taken(root, crl, '40')).crlNumber).toBe('40')
})

test('a CRL that lacks what is revoked here is followed by one that has it', async () => {
  const root = await rootElsewhere()
  const { store, order, crlOf } = root
  await store.revokeSerials('root', ['a1'], { reason: 'keyCompromise' })
  const { certificate, name, source } = order
  const { notes } = await store.importAuthority({ name, certificate, source, crl: crlOf({}) })
  expect(notes).toEqual(['the authority "root" needs a CRL: certman ca crl root'])
  const { outcome, der } = await store.crl('root')
  expect([outcome, describeCrl(der)]).toMatchObject(['changed', { crlNumber: '8', revokedCount: 1 }])
})

test('what a CRL lists is revoked by its record alone, where that comes along', async () => {
  const { store: elsewhere, order, crlOf } = await rootElsewhere()
  const [{ der }] = (await elsewhere.issue([{ csr: csrFor(['dns:a.example']) }], {})) as [Signing]
  const { serialNumber } = describeCertificate(der)
  const entry = { serialNumber, revocationDate: '2026-03-01T12:00:00Z', reason: 'certificateHold' } as const
  const { store } = world()
  await store.importAuthority({ ...order, crl: crlOf({ entries: [entry] }), issued: [{ der }] })
  const { outcome, row } = await store.crl('root')
  expect([outcome, row]).toMatchObject(['unchanged', { revoked: 1 }])
  expect(row).not.toHaveProperty('formerRevocations')
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
