import { CertmanError } from '../base/errors.ts'
import { releaseHold, requireDates, revoke, type RevocationWish } from '../domain/revocation.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import { revokeRequest } from '../domain/request-state.ts'
import type { CertificateRecord } from '../domain/records.ts'
import type { IndexedRecord, Reading, WriteTransaction } from '../repository/repository.ts'
import type { JsonObject } from '../base/json.ts'
import { authorityOf } from './authority-records.ts'
import { changeRecord, getIndexed, getTarget } from './change-record.ts'
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
  return getTarget(reading, target)
}

const DISABLE = 'an authority of this store stops signing with: certman ca disable NAME'

/** The authority of each certificate. @throws {CertmanError} `state.refused` when one has none in this store */
export function authorityIdOf({ id, row }: IndexedRecord): string {
  const authorityId = row['authorityId']
  if (typeof authorityId === 'string') return authorityId
  if (row['selfIssued'] === true)
    throw new CertmanError('state.refused', `cannot revoke certificate ${id}: it signed itself`, {
      hint: `no CRL tells of it: those who trust it must remove it; ${DISABLE}`,
    })
  const { basicConstraints } = row as unknown as CertificateFacts
  const isSigning = basicConstraints?.ca === true && row['keyId'] !== undefined
  throw new CertmanError(
    'state.refused',
    `cannot revoke certificate ${id}: it was issued by no authority of this store, but by ${JSON.stringify(row['issuer'])}`,
    {
      hint: `revoke it where it was issued; a CA of your own is taken in with: certman ca import${isSigning ? `; ${DISABLE}` : ''}`,
    },
  )
}

/** What came of certificates, and whose CRLs have to follow. */
export interface Revoked {
  readonly outcomes: readonly Outcome[]
  /** Each once. */
  readonly authorityIds: readonly string[]
}

/** Certificates that may be revoked or released, and how. */
export interface RevocationPlan {
  readonly certificates: readonly IndexedRecord[]
  readonly authorityIds: readonly string[]
  readonly changes: readonly RevocationChange[]
}

/**
 * Looks at all that could speak against it; nothing is written.
 *
 * @throws {CertmanError} `state.refused`, `input.invalid`, `record.not-found`, `record.changed`
 */
export async function planRevocation(
  reading: Pick<Reading, 'find'>,
  targets: readonly Target[],
  by: { readonly step: RevocationStep; readonly now: Date },
): Promise<RevocationPlan> {
  const certificates = await revocable(reading, targets)
  const authorityIds = [...new Set(certificates.map(authorityIdOf))]
  return { certificates, authorityIds, changes: certificates.map((each) => changeOf(each, by)) }
}

/** Revokes or releases certificates as planned in the same transaction. The CRLs are to follow in it. */
export async function revokeCertificates(
  tx: WriteTransaction,
  { certificates, authorityIds, changes }: RevocationPlan,
): Promise<Revoked> {
  const outcomes: Outcome[] = []
  for (const change of changes) outcomes.push(...(await carryOut(tx, change)))
  await forgetFormer(tx, certificates)
  return { outcomes, authorityIds }
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

interface RevocationChange {
  readonly record: CertificateRecord
  readonly action: 'revoke' | 'release'
  readonly what: 'revoked' | 'held' | 'released'
  readonly fields: JsonObject
}

function changeOf(
  { id, row }: IndexedRecord,
  { step, now }: { readonly step: RevocationStep; readonly now: Date },
): RevocationChange {
  const record = { ...(row as unknown as CertificateRecord), id }
  const isRelease = step === 'release'
  if (!isRelease) requireDates({ id, notBefore: String(row['notBefore']) }, step, now)
  const { revocation } = isRelease ? { ...releaseHold(record), revocation: undefined } : revoke(record, step)
  const what = isRelease ? 'released' : step.reason === 'certificateHold' ? 'held' : 'revoked'
  const fields = { revocation: revocation && { ...revocation, recordedAt: now.toISOString() } }
  return { record, action: isRelease ? 'release' : 'revoke', what, fields: fields as unknown as JsonObject }
}

async function carryOut(
  tx: WriteTransaction,
  { record, action, what, fields }: RevocationChange,
): Promise<readonly Outcome[]> {
  const changed = await changeRecord(tx, { kind: 'certificate', id: record.id, fields, action, what })
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
