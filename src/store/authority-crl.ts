import { CertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import { commandOn } from '../base/text.ts'
import { DAY, wholeSecond } from '../base/instant.ts'
import { crlRefusal, keepsEntry, prepareCrl, signCrl } from '../authority/crl.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { isCrlDue, nextThisUpdate, type AuthorityRecord } from '../domain/authority.ts'
import type { Revocation } from '../domain/records.ts'
import type { Reading, RevokedRow, WriteTransaction } from '../repository/repository.ts'
import { parseGeneralName } from '../x509/general-name-text.ts'
import type { CrlEntry } from '../x509/write-crl.ts'
import type { AuthorityDesk, SigningAuthority } from './authority-desk.ts'
import { authorityOf, fieldsOf } from './authority-records.ts'
import { changeRecord, getIndexed, withoutAbsent } from './change-record.ts'
import type { Outcome } from './store.ts'

/** The entries that the next CRL of an authority has, in id order; to be walked at once. */
function* crlEntries(
  rows: Iterable<RevokedRow>,
  authority: AuthorityRecord,
  thisUpdate: Date,
): Iterable<CrlEntry> {
  const previous = authority.crl ? new Date(authority.crl.thisUpdate) : undefined
  // nobody knew when those end that were not here: they stay, also when they have come since
  const former = authority.formerRevocations ?? []
  const numbers = new Set(former.map(({ serialNumber }) => serialNumber))
  yield* former
  for (const { serialNumber, notAfter, revocation, extendedKeyUsage } of rows) {
    const { date, reason, invalidityDate, recordedAt } = revocation as unknown as Revocation
    if (typeof date !== 'string')
      throw new CertmanError('store.damaged', `the certificate ${serialNumber} is revoked without a date`)
    const entry = { notAfter, revokedAt: recordedAt ?? date, extendedKeyUsage }
    const isKept = keepsEntry(entry, thisUpdate, previous)
    if (isKept && !numbers.has(String(serialNumber)))
      yield { serialNumber, revocationDate: String(date), reason, invalidityDate: invalidityDate ?? null }
  }
}

const nextNumber = ({ crl, nextCrlNumber }: AuthorityRecord): bigint => {
  const after = crl ? BigInt(crl.number) + 1n : 1n
  const least = BigInt(nextCrlNumber ?? '1')
  return after > least ? after : least
}

/**
 * Signs the next CRL of an authority and writes it beside its record, in this transaction: its number and its content
 * come to be together or not at all.
 */
export async function putCrl(
  tx: WriteTransaction,
  { record: { id }, open, signer }: SigningAuthority,
  now: Date,
): Promise<{ readonly der: Uint8Array; readonly outcome: Outcome }> {
  const found = await getIndexed(tx, 'authority', id)
  const record = authorityOf(found)
  const thisUpdate = nextThisUpdate(record, now)
  const entries = crlEntries(await tx.revoked(id), record, thisUpdate)
  const nextUpdate = new Date(thisUpdate.getTime() + record.crlDays * DAY)
  const number = nextNumber(record)
  const names = record.issuingDistributionPoint?.map((url) => parseGeneralName(`uri:${url}`)) ?? []
  const scope = names.length > 0 ? { scope: { names } } : {}
  const prepared = prepareCrl({ authority: open, number, thisUpdate, nextUpdate, entries, ...scope })
  const der = signCrl(prepared, signer)
  const crl = {
    number: String(number),
    thisUpdate: wholeSecond(thisUpdate),
    nextUpdate: wholeSecond(nextUpdate),
    entries: prepared.entries,
    fingerprint: sha256Hex(der),
  }
  const fields = withoutAbsent({ ...fieldsOf(record), crl, crlStale: undefined, nextCrlNumber: undefined })
  const detail = { number: crl.number, entries: crl.entries, fingerprint: crl.fingerprint }
  const log = { action: 'crl', kind: 'authority', id, detail } as const
  await tx.put({ kind: 'authority', id, fields, attachment: der }, found.revision, log)
  const { row } = await getIndexed(tx, 'authority', id)
  return { der, outcome: { kind: 'authority', id, outcome: 'changed', what: 'crl signed', row } }
}

/** How what needs CRLs is carried out: with open authorities, at a moment, in a transaction. */
export interface CrlTools<T> {
  readonly desk: AuthorityDesk
  readonly now: Date
  readonly write: (body: (tx: WriteTransaction) => Promise<T>) => Promise<T>
}

/** Opened authorities by id, or why one could not be opened. */
export type Openers = ReadonlyMap<string, SigningAuthority | CertmanError>

/** What following CRLs did. */
export interface Followed {
  readonly outcomes: readonly Outcome[]
  readonly notes: readonly string[]
}

/** Opens what it can of these authorities, before the transaction. @throws {CertmanError} `password.wrong` */
export async function openForCrls(
  reading: Reading,
  authorityIds: Iterable<string>,
  by: { readonly desk: AuthorityDesk; readonly password?: Secret | undefined; readonly now: Date },
): Promise<Openers> {
  const openers = new Map<string, SigningAuthority | CertmanError>()
  for (const id of new Set(authorityIds)) {
    const [found] = await reading.find('authority', { by: 'id', id })
    if (found) openers.set(id, await by.desk.openForCrl(reading, authorityOf(found), by))
  }
  return openers
}

/** After revocations: signs the CRLs, or marks them as waiting and says so. */
export async function followCrls(
  tx: WriteTransaction,
  authorityIds: Iterable<string>,
  { openers, now }: { readonly openers: Openers; readonly now: Date },
): Promise<Followed> {
  const outcomes: Outcome[] = []
  const notes: string[] = []
  for (const id of new Set(authorityIds)) {
    const opener = openers.get(id)
    if (opener && !(opener instanceof CertmanError)) outcomes.push((await putCrl(tx, opener, now)).outcome)
    else if (opener?.code === 'policy.refused')
      notes.push(`${opener.message}: only this store knows of it; ${opener.hint}`)
    else {
      const record = authorityOf(await getIndexed(tx, 'authority', id))
      notes.push(waitingNote(record, opener))
      if (record.crlStale === true) continue
      const fields = { crlStale: true }
      const change = { kind: 'authority', id, fields, action: 'revoke', what: 'crl waiting' } as const
      outcomes.push(await changeRecord(tx, change))
    }
  }
  return { outcomes, notes }
}

function waitingNote({ name }: AuthorityRecord, why: CertmanError | undefined): string {
  const authority = JSON.stringify(name)
  if (why?.code === 'password.required')
    return `the CRL of ${authority} is not signed yet, its key needs the password: ${commandOn('ca crl', name, '--password-file FILE')}`
  const reason = why?.message ?? 'its private key is not in the store'
  return `the CRL of ${authority} is not signed: ${reason}; sign one where the key can be used: ${commandOn('ca crl', name, '--renew')}`
}

/**
 * The CRL again when its time has come, where it may have one: by any command that has the authority open anyway.
 *
 * @returns what was done, if anything
 */
export async function renewDueCrl(
  tx: WriteTransaction,
  authority: SigningAuthority,
  now: Date,
): Promise<readonly Outcome[]> {
  if (crlRefusal(authority.open)) return []
  const record = authorityOf(await getIndexed(tx, 'authority', authority.record.id))
  if (!isCrlDue(record, now) && record.crlStale !== true) return []
  return [(await putCrl(tx, authority, now)).outcome]
}
