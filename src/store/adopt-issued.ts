import type { JsonObject } from '../base/json.ts'
import { fieldIs } from '../domain/filter.ts'
import type { IndexedRecord, WriteTransaction } from '../repository/repository.ts'
import { certificateParts } from '../x509/certificate.ts'
import { revokedEntries } from '../x509/crl.ts'
import { knownFacts } from '../x509/known-facts.ts'
import type { ImportedAuthority } from './authority-orders.ts'
import { changeRecord } from './change-record.ts'
import { recorded } from './own-authorities.ts'
import { isSignedBy } from './signed-by.ts'
import type { Outcome } from './store.ts'

const ACTION = 'import-authority'

/** A new authority, and what it issued in its former life. */
export interface Adoption {
  readonly authorityId: string
  readonly order: Pick<ImportedAuthority, 'certificate' | 'issued' | 'crl'>
  readonly subject: string
  readonly now: Date
}

/**
 * Gives the certificates of an imported authority to it: those that came along, and those that were in the store
 * before; with their revocations, which the index of its folder tells or its last CRL.
 */
export async function adoptIssued(
  tx: WriteTransaction,
  { authorityId, order, subject, now }: Adoption,
): Promise<readonly Outcome[]> {
  const revoked = new Map<string, JsonObject>()
  for (const entry of order.crl ? revokedEntries(order.crl) : [])
    revoked.set(entry.serialNumber, recorded(entry, now))
  const outcomes: Outcome[] = []
  const give = async ({ id, row }: Pick<IndexedRecord, 'id' | 'row'>, told?: JsonObject): Promise<void> => {
    const revocation = told ?? revoked.get(String(row['serialNumber']))
    const fields = { authorityId, ...(revocation && { revocation }) }
    const what = revocation ? 'revoked' : 'adopted'
    outcomes.push(await changeRecord(tx, { kind: 'certificate', id, fields, action: ACTION, what }))
  }
  for (const { der, revocation } of order.issued ?? []) {
    const { fingerprint } = knownFacts(der)
    const [found] = await tx.find('certificate', { by: 'fingerprint', fingerprint })
    await give(found!, revocation && { ...revocation, recordedAt: now.toISOString() })
  }
  for (const record of await earlier(tx, { order, subject })) await give(record)
  return outcomes
}

/** Certificates of the authority that were in the store before it; its own is none of them. */
async function earlier(
  tx: WriteTransaction,
  { order, subject }: Pick<Adoption, 'order' | 'subject'>,
): Promise<readonly IndexedRecord[]> {
  const { spki } = certificateParts(order.certificate)
  const filter = fieldIs('issuer', subject)
  const found: IndexedRecord[] = []
  for await (const record of tx.list('certificate', { filter, sort: [] })) {
    const { row, id } = record
    if (row['authorityId'] !== undefined || row['subject'] === subject || row['issuer'] !== subject) continue
    const stored = await tx.read('certificate', id)
    if (stored?.pem && isSignedBy(stored.pem.der, spki)) found.push(record)
  }
  return found
}
