import { expect, test } from 'vitest'
import type { RevocationReason } from '../../src/domain/revocation-reason.ts'
import { csrFor, said, target } from '../contracts/authority/world.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { rootElsewhere, world } from './crl-world.ts'

const revocationDate = '2026-03-01T12:00:00Z'

/** An authority with three certificates, 1 to 3, beside one of somebody else with the number of the third. */
async function threeOfRoot() {
  const root = await rootElsewhere()
  const { store: elsewhere, order, crlOf } = root
  const issued: { readonly der: Uint8Array }[] = []
  for (const serialNumber of ['28', '29', '2a'])
    issued.push(
      ...(await elsewhere.issue([{ csr: csrFor([`dns:h${serialNumber}.example`]) }], { serialNumber })),
    )
  const { store } = world()
  const { source } = order
  const other = makeCertificate({ cn: 'Other', serial: 0x2a })
  await store.import({ certificates: [{ der: other.der, source }], keys: [] })
  await store.importAuthority({ ...order, issued })
  const { certificate, name } = order
  const take = (crl: Uint8Array) => store.importAuthority({ name, certificate, source, crl })
  const later = (number: bigint, reasons: Readonly<Record<string, RevocationReason>>) =>
    take(
      crlOf({
        number,
        entries: Object.entries(reasons).map(([serialNumber, reason]) => ({
          serialNumber,
          reason,
          revocationDate,
        })),
      }),
    )
  return { store, take, later }
}

test('a later CRL revokes what is not revoked here, and nothing of somebody else', async () => {
  const { store, later } = await threeOfRoot()
  await store.revoke([target('3', 'certificate')], { reason: 'superseded' })
  await store.revoke([target('4', 'certificate')], { reason: 'certificateHold' })
  const { outcomes } = await later(9n, { '28': 'superseded', '29': 'certificateHold', '2a': 'keyCompromise' })
  expect(said(outcomes)).toEqual(['authority 1 crl taken', 'certificate 5 revoked'])
  expect((await store.certificate('1')).state).toBe('valid')
  const next = await later(10n, { '28': 'superseded', '29': 'keyCompromise', '2a': 'keyCompromise' })
  expect(said(next.outcomes)).toEqual(['authority 1 crl taken', 'certificate 4 revoked'])
  expect((await store.certificate('4')).record.revocation).toMatchObject({ reason: 'keyCompromise' })
})

test('a CRL is later only by its number, and first of all one of the authority', async () => {
  const { later, take } = await threeOfRoot()
  await later(9n, {})
  await expect(later(9n, { '28': 'superseded' })).rejects.toMatchObject({
    code: 'state.refused',
    message: 'the authority "root" has CRL number 9; the one that was given has number 9',
  })
  const { crlOf } = await rootElsewhere()
  await expect(take(crlOf({ number: 1n }))).rejects.toMatchObject({ code: 'policy.refused' })
})
