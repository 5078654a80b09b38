import { CertmanError } from '../base/errors.ts'
import { releaseHold, requireDates, revoke, type RevocationWish } from '../domain/revocation.ts'
import { revokeRequest } from '../domain/request-state.ts'
import type { CertificateRecord } from '../domain/records.ts'
import type { IndexedRecord, Reading, WriteTransaction } from '../repository/repository.ts'
import type { JsonObject } from '../base/json.ts'
import { followCrls, type Followed, type Openers } from './authority-crl.ts'
import { authorityOf } from './authority-records.ts'
import { changeRecord, getIndexed } from './change-record.ts'
import { getRequest } from './reject-requests.ts'
import type { Outcome, Target } from './store.ts'

/** What is to be done to certificates: revoke them, or end their hold. */
export type RevocationStep = RevocationWish | 'release'

/** The certificates that targets mean, each once: themselves, or those of issued requests. */
export async function revocable(
  reading: Pick<Reading, 'find'>,
  targets: readonly Target[],
): Promise<readonly IndexedRecord[]> {
  const found = new Map<string, IndexedRecord>()
  for (const target of targets) {
    const record = await certificateOf(reading, target)
    found.set(record.id, record)
  }
  return [...found.values()]
}

async function certificateOf(reading: Pick<Reading, 'find'>, target: Target): Promise<IndexedRecord> {
  if (target.kind === 'request') {
    const request = await getRequest(reading, target)
    // a request without a certificate is refused with the words of its state; the answer is not used
    const { certificateId } = request.certificateId === undefined ? revokeRequest(request) : request
    return getIndexed(reading, 'certificate', String(certificateId))
  }
  if (target.kind !== 'certificate') throw new TypeError(`a ${target.kind} cannot be revoked`)
  const record = await getIndexed(reading, 'certificate', target.id)
  if (target.revision !== undefined && target.revision !== record.revision)
    throw new CertmanError('record.changed', `certificate ${target.id} was changed meanwhile`)
  return record
}

/** The authority of each certificate. @throws {CertmanError} `state.refused` when one has none in this store */
export function authorityIdOf({ id, row }: IndexedRecord): string {
  const authorityId = row['authorityId']
  if (typeof authorityId === 'string') return authorityId
  if (row['selfIssued'] === true)
    throw new CertmanError('state.refused', `cannot revoke certificate ${id}: it signed itself`, {
      hint: 'no CRL tells of it: those who trust it must remove it; certman ca disable NAME ends its signing',
    })
  throw new CertmanError(
    'state.refused',
    `cannot revoke certificate ${id}: it was issued by no authority of this store, but by ${JSON.stringify(row['issuer'])}`,
    { hint: 'revoke it where it was issued; a CA of your own is taken in with: certman ca import' },
  )
}

/**
 * Revokes or releases certificates, all or none, and lets the CRLs follow.
 *
 * @throws {CertmanError} `state.refused`, `input.invalid`, `record.not-found`, `record.changed`
 */
export async function revokeCertificates(
  tx: WriteTransaction,
  targets: readonly Target[],
  { step, openers, now }: { readonly step: RevocationStep; readonly openers: Openers; readonly now: Date },
): Promise<Followed> {
  const certificates = await revocable(tx, targets)
  const authorityIds = certificates.map(authorityIdOf)
  const outcomes: Outcome[] = []
  for (const certificate of certificates) outcomes.push(...(await revokeOne(tx, certificate, { step, now })))
  await forgetFormer(tx, certificates)
  const followed = await followCrls(tx, authorityIds, { openers, now })
  return { outcomes: [...outcomes, ...followed.outcomes], notes: followed.notes }
}

/** What an authority remembers of a certificate that was not here gives way to what its record says from now on. */
async function forgetFormer(tx: WriteTransaction, certificates: readonly IndexedRecord[]): Promise<void> {
  for (const id of new Set(certificates.map(authorityIdOf))) {
    const { formerRevocations = [] } = authorityOf(await getIndexed(tx, 'authority', id))
    const own = certificates.filter((certificate) => authorityIdOf(certificate) === id)
    const numbers = new Set(own.map(({ row }) => row['serialNumber']))
    const left = formerRevocations.filter(({ serialNumber }) => !numbers.has(serialNumber))
    if (left.length === formerRevocations.length) continue
    const fields = { formerRevocations: left.length > 0 ? left : undefined } as unknown as JsonObject
    await changeRecord(tx, { kind: 'authority', id, fields, action: 'revoke', what: 'revocations moved' })
  }
}

async function revokeOne(
  tx: WriteTransaction,
  { id, row }: IndexedRecord,
  { step, now }: { readonly step: RevocationStep; readonly now: Date },
): Promise<readonly Outcome[]> {
  const record = { ...(row as unknown as CertificateRecord), id }
  const isRelease = step === 'release'
  if (!isRelease) requireDates({ id, notBefore: String(row['notBefore']) }, step, now)
  const { revocation } = isRelease ? { ...releaseHold(record), revocation: undefined } : revoke(record, step)
  const what = isRelease ? 'released' : step.reason === 'certificateHold' ? 'held' : 'revoked'
  const action = isRelease ? 'release' : 'revoke'
  const fields = { revocation: revocation && { ...revocation, recordedAt: now.toISOString() } }
  const changed = await changeRecord(tx, { kind: 'certificate', id, fields, action, what })
  return what === 'revoked' ? [changed, ...(await revokeItsRequest(tx, record))] : [changed]
}

/** Revoked is final for the request as well; a hold leaves it issued, and so does what a renewal superseded. */
async function revokeItsRequest(
  tx: WriteTransaction,
  { id: certificateId, requestId }: CertificateRecord,
): Promise<readonly Outcome[]> {
  const [found] = requestId === undefined ? [] : await tx.find('request', { by: 'id', id: requestId })
  if (found?.row['state'] !== 'issued' || found.row['certificateId'] !== certificateId) return []
  const { id } = found
  const { state } = revokeRequest(await getRequest(tx, { kind: 'request', id }))
  const change = { kind: 'request', id, fields: { state }, action: 'revoke', what: 'revoked' } as const
  return [await changeRecord(tx, change)]
}
