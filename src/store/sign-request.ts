import { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { prepare, type Preparation } from '../authority/prepare.ts'
import { issue } from '../authority/prepared.ts'
import { getProfile } from '../authority/profile.ts'
import { openRequest, type OpenRequest } from '../authority/request.ts'
import type { CustomProfile } from '../domain/authority.ts'
import type { Profile } from '../domain/profile.ts'
import { requireSignable } from '../domain/request-state.ts'
import type { RecordKind, RequestRecord } from '../domain/records.ts'
import type { IndexedRecord, NewRecord, WriteTransaction } from '../repository/repository.ts'
import type { SigningAuthority } from './authority-desk.ts'
import type { Signing, SigningOrder } from './authority-orders.ts'
import { claimName } from './name-taken.ts'
import { numbered } from './numbered.ts'
import { readRequest } from './reject-requests.ts'
import type { Outcome, Target } from './store.ts'
import { keepKey, keyOf, requestFields, type Acting, type CheckedRequest } from './submit-request.ts'
import { supersede } from './supersede.ts'

const ACTION = 'sign'

/** Everything that signing needs besides the request. */
export interface SigningDesk extends Acting {
  readonly authority: SigningAuthority
  readonly profiles: readonly CustomProfile[]
  /** Decided already, whatever the order says. */
  readonly profile?: Profile
  readonly random: (length: number) => Uint8Array
  readonly replace: boolean
}

/** What is signed: a request of the queue, or a new one that goes into it as issued. */
export type Signable = ({ readonly target: Target } | { readonly request: CheckedRequest }) & {
  /**
   * A renewal: the request was issued before, and its next certificate takes the place of the last one. With keys whose
   * signatures are not random (RSA, Ed25519) what is asked for once more is the same request.
   */
  readonly again?: true
}

/** A signature that is decided and not yet made; nothing was written so far. */
export interface SigningPlan {
  readonly preparation: Preparation
  readonly profile: Profile
  /** Undefined for a new one. */
  readonly record: RequestRecord | undefined
  readonly source: {
    readonly csr: Uint8Array
    /** One that was brought: a new one, or one that waited in the queue already. */
    readonly request?: CheckedRequest
    /** One of the queue, as it stands there. */
    readonly fields?: JsonObject
    readonly revision?: string
  }
  readonly name: string | undefined
  readonly friendlyName: string | undefined
  readonly open: OpenRequest
}

/**
 * Decides whether and how a request is signed. Nothing is written.
 *
 * @throws {CertmanError} what `prepare` throws; `state.refused`, `name.taken`, `profile.not-found`
 */
export async function planSigning(
  tx: WriteTransaction,
  signable: Signable,
  { order, desk }: { readonly order: SigningOrder; readonly desk: SigningDesk },
): Promise<SigningPlan> {
  const found = await findRequest(tx, signable)
  const { authority, profiles, now, random } = desk
  const asked = askedFor(found)
  const profileName = order.profile ?? asked.profile ?? authority.record.defaultProfile ?? 'server'
  const profile = desk.profile ?? getProfile(profileName, profiles)
  const preparation = prepare({
    csr: found.open,
    authority: authority.open,
    profile,
    wish: order,
    now,
    random,
  })
  await requireFreshSerial(tx, preparation.serialNumber, { order, desk })
  const name = order.name ?? asked.name
  if (name !== undefined) await claimName(tx, { kind: 'certificate', name, replace: desk.replace })
  const friendlyName = order.friendlyName ?? asked.friendlyName
  const { record, source, open } = found
  return { preparation, profile, record, source, name, friendlyName, open }
}

/** What the asker had in mind: as it stands in the queue, else as it was brought. */
function askedFor({
  record,
  source,
}: Pick<SigningPlan, 'record' | 'source'>): Partial<
  Pick<RequestRecord, 'name' | 'friendlyName' | 'profile'>
> {
  const given = source.request?.given
  return record ? { ...given, ...record } : (given ?? {})
}

async function findRequest(
  tx: WriteTransaction,
  signable: Signable,
): Promise<Pick<SigningPlan, 'record' | 'source' | 'open'>> {
  const target = 'target' in signable ? signable.target : await knownRequest(tx, signable.request)
  if (!target && 'request' in signable) {
    const { request } = signable
    return { record: undefined, source: { csr: request.given.csr, request }, open: request.open }
  }
  const stored = await readRequest(tx, target!)
  // its row, which has the facts as well, is not needed
  const record = { ...(stored.fields as unknown as RequestRecord), id: stored.id }
  if (!(signable.again && record.state === 'issued')) requireSignable(record)
  if (!stored.pem) throw new CertmanError('store.damaged', `request ${record.id} has no bytes`)
  const { der } = stored.pem
  const open = openRequest(der)
  const given = 'request' in signable ? { request: signable.request } : {}
  return { record, source: { csr: der, fields: stored.fields, revision: stored.revision, ...given }, open }
}

async function knownRequest(tx: WriteTransaction, { open }: CheckedRequest): Promise<Target | undefined> {
  const [known] = await tx.find('request', { by: 'fingerprint', fingerprint: open.facts.fingerprint })
  return known && { kind: 'request', id: known.id }
}

/** No serial number twice (RFC 5280 section 4.1.2.2), not even that of a certificate in the trash. */
async function requireFreshSerial(
  tx: WriteTransaction,
  serialNumber: string,
  { order, desk }: { readonly order: SigningOrder; readonly desk: SigningDesk },
): Promise<void> {
  const { id: authorityId, name, formerRevocations = [] } = desk.authority.record
  // one of 2^127 random numbers is not looked for in the trash, nor among those without a record
  const isChosen = order.serialNumber !== undefined
  const number = { authorityId, issuer: desk.authority.open.facts.subject, serialNumber }
  const twin =
    (await numbered(tx, number, 'live')) ?? (isChosen ? await numbered(tx, number, 'trash') : undefined)
  const isRevoked = isChosen && formerRevocations.some((entry) => entry.serialNumber === serialNumber)
  if (twin || isRevoked)
    throw new CertmanError(
      'state.refused',
      `the authority ${JSON.stringify(name)} used the serial number ${serialNumber} already, for ${twin ? `certificate ${twin.id}` : 'one that it revoked'}`,
      { field: 'serialNumber', hint: 'leave the serial number to certman: it takes a random one' },
    )
}

/** Signs what was planned and writes certificate and request. */
export function carryOut(tx: WriteTransaction, plan: SigningPlan, desk: SigningDesk): Promise<Signing> {
  return putSigned(tx, { plan, der: issue(plan.preparation.prepared, desk.authority.signer) }, desk)
}

/** Writes a certificate that was signed as planned (DER), and its request. */
export async function putSigned(
  tx: WriteTransaction,
  { plan, der }: { readonly plan: SigningPlan; readonly der: Uint8Array },
  desk: SigningDesk,
): Promise<Signing> {
  const { preparation, name } = plan
  const id = await tx.nextId('certificate')
  const others: Outcome[] = []
  if (name !== undefined) {
    const holder = await claimName(tx, { kind: 'certificate', name, replace: desk.replace })
    if (holder) others.push(await supersede(tx, holder.id, { by: id, action: ACTION }))
  }
  const requestId = plan.record?.id ?? (await tx.nextId('request'))
  const brought = plan.source.request?.given.key
  if (brought) others.push(...(await keepKey(tx, brought, desk)))
  const key = await keyOf(tx, plan.open)
  const made = { id, requestId, key, desk }
  const certificate = certificateRecord(plan, der, made)
  const detail = { authorityId: desk.authority.record.id, serialNumber: preparation.serialNumber }
  const row = await tx.put(certificate, 'absent', { action: ACTION, kind: 'certificate', id, detail })
  const request = { id: requestId, row: await putIssuedRequest(tx, plan, made) }
  const outcomes = [issued('certificate', { id, row }), issued('request', request), ...others]
  return { outcomes, changes: preparation.changes, notes: preparation.notes, der }
}

const issued = (kind: RecordKind, { id, row }: Pick<Outcome, 'id' | 'row'>): Outcome => ({
  kind,
  id,
  outcome: 'changed',
  what: 'issued',
  row,
})

interface Issued {
  readonly id: string
  readonly requestId: string
  readonly key: IndexedRecord | undefined
  readonly desk: SigningDesk
}

function certificateRecord(
  { name, friendlyName, profile, record, source }: SigningPlan,
  der: Uint8Array,
  { id, requestId, key, desk }: Issued,
): NewRecord {
  const fields = {
    name,
    friendlyName,
    tags: record?.tags ?? [...new Set(source.request?.given.tags ?? [])],
    keyId: key?.id,
    exportable: key?.row['exportable'] !== false,
    requestId,
    authorityId: desk.authority.record.id,
    profile: profile.name,
    importedAt: desk.now.toISOString(),
    source: { how: 'issued', from: desk.authority.record.name },
  }
  return { kind: 'certificate', id, fields, pem: { label: 'CERTIFICATE', der } }
}

/** @returns its row */
async function putIssuedRequest(
  tx: WriteTransaction,
  { record, source, open: { facts } }: SigningPlan,
  { id, requestId, key, desk }: Issued,
): Promise<JsonObject> {
  const pem = { label: 'CERTIFICATE REQUEST', der: source.csr }
  const log = { action: ACTION, kind: 'request', id: requestId } as const
  if (!record) {
    const state = { state: 'issued', certificateId: id, keyId: key?.id } as const
    const fields = requestFields(source.request!, state, desk)
    return tx.put({ kind: 'request', id: requestId, fields, pem, facts }, 'absent', log)
  }
  // a key that was brought has joined the request meanwhile
  const hasJoined = source.request?.given.key !== undefined
  const fields = {
    ...source.fields,
    ...(hasJoined && { keyId: key?.id }),
    state: 'issued',
    certificateId: id,
  }
  const revision = hasJoined ? 'any' : (source.revision ?? 'any')
  return tx.put({ kind: 'request', id: requestId, fields, pem, facts }, revision, log)
}
