import { CertmanError } from '../base/errors.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { checkAttachment, strayNotes } from '../authority/attach.ts'
import { openRequest } from '../authority/request.ts'
import { issueRequest, requireSignable, revokeRequest } from '../domain/request-state.ts'
import { isRevokedForGood } from '../domain/revocation.ts'
import type { CertificateRecord, RequestRecord } from '../domain/records.ts'
import { knownFacts } from '../x509/known-facts.ts'
import type { IndexedRecord, WriteTransaction } from '../repository/repository.ts'
import type { Signing } from './authority-orders.ts'
import { changeRecord, getIndexed, Outcomes, unchanged } from './change-record.ts'
import { importBatch, type ImportSettings } from './import-batch.ts'
import { storedIssuers } from './open-certificate.ts'
import { getRequest } from './reject-requests.ts'
import type { Outcome, Target } from './store.ts'

const ACTION = 'attach'

/** A request of the queue, and what somebody issued for it. */
export interface ChainOrder {
  readonly target: Target
  /** DER each, in any order. */
  readonly chain: readonly Uint8Array[]
  /** Name of the certificate; default: the request's. */
  readonly name?: string
  /** A renewal: see `Signable`. */
  readonly again?: true
}

/**
 * Gives a request the certificate that was issued elsewhere; the issuers come into the store with it. The same answer
 * once more changes nothing, but brings issuers that were missing.
 *
 * @throws {CertmanError} `state.refused`; `policy.refused` when the chain belongs to another request or does not hang
 *   together; `name.taken`
 */
export async function attachChain(
  tx: WriteTransaction,
  order: ChainOrder,
  settings: ImportSettings,
): Promise<Signing> {
  const record = await getRequest(tx, order.target)
  const isAnswered = await isAnsweredBy(tx, record, order.chain)
  const isRenewal = order.again === true && record.state === 'issued'
  if (!isAnswered && !isRenewal) requireSignable(record)
  const stored = await tx.read('request', record.id)
  if (!stored?.pem) throw new CertmanError('store.damaged', `request ${record.id} has no bytes`)
  const { chain, differences, strays, isComplete } = checkAttachment(openRequest(stored.pem.der), order.chain)
  const [leaf, ...issuers] = chain as [Uint8Array, ...Uint8Array[]]
  const { fingerprint } = knownFacts(leaf)
  const source = { how: 'attached' } as const
  // what it was called since then stays
  const own = isAnswered ? {} : { tags: record.tags, ...nameOf(order, record) }
  const certificates = [{ der: leaf, source, ...own }, ...issuers.map((der) => ({ der, source }))]
  const taken = await importBatch(tx, { certificates, keys: [] }, settings)
  const [found] = await tx.find('certificate', { by: 'fingerprint', fingerprint })
  const certificate = found!
  const linking = { certificate, requestId: record.id, taken, isRenewal }
  const outcomes = isAnswered ? await stay(tx, linking) : await link(tx, linking)
  const isWhole = isComplete || (await reachesRoot(tx, certificate.id, settings.now))
  return { outcomes, changes: differences, notes: notesOn(strays, isWhole), der: leaf }
}

function nameOf({ name: wanted }: ChainOrder, { name = wanted }: RequestRecord): { readonly name?: string } {
  const given = wanted ?? name
  return given === undefined ? {} : { name: given }
}

/** Whether the certificate of a request is one of these (DER each). */
export async function isAnsweredBy(
  tx: Pick<WriteTransaction, 'find'>,
  request: RequestRecord,
  chain: readonly Uint8Array[],
): Promise<boolean> {
  if (request.state !== 'issued') return false
  const [certificate] = await tx.find('certificate', { by: 'id', id: request.certificateId ?? '' })
  const fingerprint = certificate?.row['fingerprint']
  return chain.some((der) => sha256Hex(der) === fingerprint)
}

/** Whether the store has the issuers, those that just came and those that were there. */
async function reachesRoot(tx: WriteTransaction, id: string, now: Date): Promise<boolean> {
  const leaf = await tx.read('certificate', id)
  const top = leaf && (await storedIssuers(tx, leaf, now)).at(-1)
  return top?.facts.selfIssued === true
}

interface Linking {
  readonly certificate: IndexedRecord
  readonly requestId: string
  readonly taken: readonly Outcome[]
  readonly isRenewal: boolean
}

/** Certificate and request name each other. One that was revoked before takes its request along. @returns the certificate first, then the request, then the rest */
async function link(
  tx: WriteTransaction,
  { certificate, requestId, taken, isRenewal }: Linking,
): Promise<readonly Outcome[]> {
  const { id: certificateId, row } = certificate
  const waiting = await getRequest(tx, { kind: 'request', id: requestId })
  const request = isRenewal ? { ...waiting, certificateId } : issueRequest(waiting, certificateId)
  const { state } = isRevokedForGood(row as unknown as CertificateRecord) ? revokeRequest(request) : request
  const outcomes = new Outcomes()
  const own = { kind: 'certificate', id: certificateId, fields: { requestId } } as const
  const isOwn = ({ kind, id }: Outcome): boolean => kind === 'certificate' && id === certificateId
  outcomes.addAll(taken.filter(isOwn))
  outcomes.add(await changeRecord(tx, { ...own, action: ACTION, what: 'attached' }))
  const fields = { state, certificateId }
  outcomes.add(
    await changeRecord(tx, { kind: 'request', id: requestId, fields, action: ACTION, what: state }),
  )
  outcomes.addAll(taken.filter((each) => !isOwn(each)))
  return outcomes.all()
}

/** The same for those who do already: nothing changes in either. */
async function stay(
  tx: WriteTransaction,
  { certificate, requestId, taken }: Linking,
): Promise<readonly Outcome[]> {
  const outcomes = new Outcomes()
  for (const each of [certificate, await getIndexed(tx, 'request', requestId)]) outcomes.add(unchanged(each))
  outcomes.addAll(taken)
  return outcomes.all()
}

function notesOn(strays: readonly { readonly subject: string }[], isWhole: boolean): readonly string[] {
  const left = strayNotes(strays)
  return isWhole
    ? left
    : [...left, 'the chain does not reach a root; the missing issuers can be imported later']
}
