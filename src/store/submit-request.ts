import { asError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { keyRefusal, requireCertifiable, requireCertifiableBySome } from '../authority/key-policy.ts'
import { builtInProfiles, getProfile } from '../authority/profile.ts'
import { openRequestAside, openRequests, type OpenRequest } from '../authority/request.ts'
import type { IndexedRecord, WriteTransaction } from '../repository/repository.ts'
import { actingTransaction } from './acting.ts'
import type { NewRequest } from './authority-orders.ts'
import { getAuthority } from './authority-records.ts'
import { unchanged } from './change-record.ts'
import { importBatch } from './import-batch.ts'
import { claimName } from './name-taken.ts'
import { customProfiles, listProfiles } from './store-profiles.ts'
import type { NewKey, Outcome } from './store.ts'

/** Who acts, and when. */
export interface Acting {
  readonly now: Date
  readonly actor: string
}

/** A request that was read and whose self-signature verified. */
export interface CheckedRequest {
  readonly given: NewRequest
  readonly open: OpenRequest
}

/** Reads a request as it must be for the queue. @throws {CertmanError} like `openRequest` */
export async function checkRequest(given: NewRequest): Promise<CheckedRequest> {
  return { given, open: await openRequestAside(given.csr) }
}

/** The same for many, one after the other; see `openRequests`. */
export async function* checkRequests(all: readonly NewRequest[]): AsyncGenerator<CheckedRequest, void> {
  let next = 0
  for await (const open of openRequests(all.map(({ csr }) => csr))) {
    yield { given: all[next++]!, open }
  }
}

/** One request on its way into the queue. */
export interface Submission {
  readonly checked: CheckedRequest
  readonly acting: Acting
  /** See `MutationOptions`. */
  readonly actor: string | undefined
}

/** Reads a request for its submission; see `checkRequest`. */
export const checkSubmission = async (
  given: NewRequest,
  by: Omit<Submission, 'checked'>,
): Promise<Submission> => ({ checked: await checkRequest(given), ...by })

/**
 * Puts requests that came together into the queue, each for who asked.
 *
 * @returns for each what `submitRequest` answers, or why it was refused: one that is refused hinders no other
 */
export async function submitGroup(
  tx: WriteTransaction,
  submissions: readonly Submission[],
): Promise<readonly (readonly Outcome[] | Error)[]> {
  const results: (readonly Outcome[] | Error)[] = []
  for (const { checked, acting, actor } of submissions) {
    const own = actingTransaction(tx, actor)
    const known = await presentOutcome(own, checked).catch(asError)
    if (known instanceof Error) results.push(known)
    else results.push(known ? [known] : await putRequest(own, checked, acting))
  }
  return results
}

/**
 * Puts a request into the queue, its private key beside it. The same CSR twice is unchanged.
 *
 * @returns the request first, then the key and what the key joined
 * @throws {CertmanError} `name.taken`, `name.invalid`; `record.not-found` for an authority that is not there;
 *   `profile.not-found`, and `policy.refused` for a key that the profile does not certify, or without one is too weak
 *   for any
 */
export async function submitRequest(
  tx: WriteTransaction,
  checked: CheckedRequest,
  acting: Acting,
): Promise<readonly Outcome[]> {
  const known = await presentOutcome(tx, checked)
  return known ? [known] : putRequest(tx, checked, acting)
}

/** The request when it is in the queue already, else checks that it may go there. Nothing is written. */
async function presentOutcome(
  tx: WriteTransaction,
  { given, open }: CheckedRequest,
): Promise<Outcome | undefined> {
  const { fingerprint } = open.facts
  const [known] = await tx.find('request', { by: 'fingerprint', fingerprint })
  if (known) return unchanged(known)
  await requireProfile(tx, open, given.profile)
  await authorityIn(tx, given)
  if (given.name !== undefined) await claimName(tx, { kind: 'request', name: given.name })
  return undefined
}

async function putRequest(
  tx: WriteTransaction,
  { given, open }: CheckedRequest,
  acting: Acting,
): Promise<readonly Outcome[]> {
  const { fingerprint } = open.facts
  const keys = given.key ? await keepKey(tx, given.key, acting) : []
  const id = await tx.nextId('request')
  const key = await keyOf(tx, open)
  const state = {
    state: 'outstanding',
    keyId: key?.id,
    authorityId: await authorityIn(tx, given),
  } as const
  const fields = requestFields({ given }, state, acting)
  const pem = { label: 'CERTIFICATE REQUEST', der: given.csr }
  const record = { kind: 'request', id, fields, pem, facts: open.facts } as const
  const row = await tx.put(record, 'absent', {
    action: 'request',
    kind: 'request',
    id,
    detail: { fingerprint },
  })
  return [{ kind: 'request', id, outcome: 'changed', what: 'created', row }, ...keys]
}

/** Id of the authority that is in mind. @throws {CertmanError} `record.not-found` */
async function authorityIn(tx: WriteTransaction, { authority }: NewRequest): Promise<string | undefined> {
  return authority === undefined ? undefined : (await getAuthority(tx, authority)).id
}

/** Whoever asks hears at once when the key is none for the profile, or too weak for any. */
async function requireProfile(
  tx: WriteTransaction,
  { facts, spki }: OpenRequest,
  name: string | undefined,
): Promise<void> {
  const key = { facts: facts.publicKey, spki }
  if (name !== undefined) return requireCertifiable(key, getProfile(name, await customProfiles(tx)))
  // nearly every key suits a built-in profile: those of the store are read for the others only
  if (builtInProfiles().some((profile) => keyRefusal(key, profile) === undefined)) return
  const profiles = await listProfiles(tx)
  requireCertifiableBySome(
    key,
    profiles.map(({ profile }) => profile),
  )
}

/** Takes in the private key that came with a request, and joins it to what is there. */
export const keepKey = (tx: WriteTransaction, key: NewKey, acting: Acting): Promise<readonly Outcome[]> =>
  importBatch(tx, { certificates: [], keys: [key] }, settings(acting))

const settings = ({ now, actor }: Acting): { now: Date; actor: string; replace: false } => ({
  now,
  actor,
  replace: false,
})

/** The private key that a request is for, when the store has it. */
export async function keyOf(
  tx: Pick<WriteTransaction, 'find'>,
  { facts }: Pick<OpenRequest, 'facts'>,
): Promise<IndexedRecord | undefined> {
  const [key] = await tx.find('key', { by: 'id', id: facts.publicKey.spkiHash })
  return key
}

/** What becomes of a new request. */
export interface RequestState {
  readonly state: 'outstanding' | 'issued'
  readonly certificateId?: string
  /** See `keyOf`. */
  readonly keyId: string | undefined
  /** The authority that is in mind. */
  readonly authorityId?: string | undefined
}

/** The fields of a new request. */
export const requestFields = (
  { given }: Pick<CheckedRequest, 'given'>,
  { state, certificateId, keyId, authorityId }: RequestState,
  { now, actor }: Acting,
): JsonObject => ({
  state,
  certificateId,
  name: given.name,
  tags: [...new Set(given.tags ?? [])],
  keyId,
  profile: given.profile,
  friendlyName: given.friendlyName,
  authorityId,
  requestedAt: now.toISOString(),
  requestedBy: given.requestedBy ?? actor,
  submittedText: given.text,
  authoritySettings: given.authoritySettings && { ...given.authoritySettings },
  source: given.source && { ...given.source },
})
