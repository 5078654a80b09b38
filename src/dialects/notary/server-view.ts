import { isObject, type Json, type JsonObject } from '../../base/json.ts'
import { orNone } from '../../base/or-none.ts'
import type { RecordKind } from '../../domain/records.ts'
import { writePem } from '../../formats/pem.ts'
import { isOwn } from '../../store/abilities.ts'
import type { ListedRecord, Store } from '../../store/store.ts'
import type { ServedStore } from '../house.ts'
import { rowOfId } from '../row-of-id.ts'
import { chainText, wireState } from './map.ts'
import type { Desk } from './server-desk.ts'
import type { WireRequest } from './wire.ts'

/** Requests whose bytes are read at a time. */
const ASIDE = 16

/** Whether a request of the queue was made by `authorityCsr` for a new authority: Notary does not show those. */
export function isAuthorityRequest(row: JsonObject): boolean {
  const source = row['source'] as JsonObject | undefined
  return (
    row['profile'] === 'intermediate' &&
    source?.['how'] === 'generated' &&
    typeof row['name'] === 'string' &&
    typeof row['keyId'] === 'string'
  )
}

/** A record and where it is. */
export interface Place {
  readonly served: ServedStore
  readonly row: ListedRecord
}

/** Issuers that were found while one call is answered: most certificates of a list have the same ones. */
type Memo = Map<string, Promise<string>>

/** A request as the caller's era has it: the published pages know no owner. */
export async function wireOf(
  desk: Desk,
  { served, row }: Place,
  memo: Memo = new Map(),
): Promise<WireRequest> {
  const certificate = await certificateOf(desk, { served, row }, memo)
  const wire = {
    id: desk.numbers.numberOf(served, 'request', row.id),
    csr: await csrText(desk, { served, row }),
    certificate_chain: certificate.chain,
    status: certificate.isRevoked ? 'Revoked' : wireState(row['state']),
  } as const
  return desk.era === 'bearer' ? wire : { ...wire, email: String(row['requestedBy'] ?? 'unknown') }
}

/** Several, in order, some at a time. One that has gone meanwhile is left out. */
export async function* wiresOf(desk: Desk, places: AsyncIterable<Place>): AsyncIterable<Json> {
  const memo: Memo = new Map()
  let some: Place[] = []
  const told = async (): Promise<readonly Json[]> => {
    const wires = await Promise.all(some.map((place) => orGone(wireOf(desk, place, memo))))
    some = []
    return wires.flatMap((wire) => (wire ? [{ ...wire }] : []))
  }
  for await (const place of places) if (some.push(place) === ASIDE) yield* await told()
  yield* await told()
}

/** What is there; undefined when it is not there any more. */
export const orGone = <T>(asked: Promise<T>): Promise<T | undefined> => orNone(asked, 'record.not-found')

/** The text exactly as submitted; a store that gives no bytes of requests has none. */
async function csrText(desk: Desk, { served, row }: Place): Promise<string> {
  const { store } = served
  const kept = row['submittedText']
  if (typeof kept === 'string') return kept
  if (!store.can.exportRequest) return ''
  return textOf(desk, { served, row, kind: 'request' }, async () => {
    const { row: full, der } = await store.request(row.id)
    const given = full['submittedText']
    return typeof given === 'string' ? given : writePem('CERTIFICATE REQUEST', der)
  })
}

function textOf(
  { texts }: Desk,
  { served, row, kind }: Place & { readonly kind: RecordKind },
  make: () => Promise<string>,
): Promise<string> {
  const { fingerprint } = row
  if (!isOwn(served.store) || typeof fingerprint !== 'string') return make()
  return texts.get(`${served.number} ${kind} ${row.id} ${fingerprint}`, make)
}

interface OfRequest {
  readonly chain: string
  readonly isRevoked: boolean
}

/** The chain of an issued request. A revoked certificate is not handed out, one on hold neither. */
async function certificateOf(desk: Desk, { served, row: request }: Place, memo: Memo): Promise<OfRequest> {
  const { state, certificateId: id } = request
  const none = { chain: '', isRevoked: false }
  if (state !== 'issued' || typeof id !== 'string' || !served.store.can.exportCertificate) return none
  if (!isOwn(served.store)) return farCertificate(served.store, id)
  const row = await rowOfId(served.store, 'certificate', id)
  if (!row) return none
  if (isObject(row['revocation'])) return { chain: '', isRevoked: true }
  const leaf = await textOf(desk, { served, row, kind: 'certificate' }, async () =>
    chainText([(await served.store.certificate(id)).der]),
  )
  const above = await issuersText({ served, row }, memo)
  return { chain: above === '' ? leaf : `${leaf}\n${above}`, isRevoked: false }
}

/** The same of another vendor's store, with as few calls as can be. */
async function farCertificate(store: Store, id: string): Promise<OfRequest> {
  const leaf = await orGone(store.certificate(id))
  if (!leaf || leaf.record.revocation) return { chain: '', isRevoked: leaf !== undefined }
  return { chain: chainText([leaf.der, ...(await issuers(store, id))]), isRevoked: false }
}

/** The issuers of a certificate; looked for once for each authority and key of it. */
function issuersText({ served, row }: Place, memo: Memo): Promise<string> {
  const find = async (): Promise<string> => chainText(await issuers(served.store, row.id))
  const { authorityId, issuer, authorityKeyIdentifier: key } = row
  if (typeof authorityId !== 'string') return find()
  const name = JSON.stringify([served.number, authorityId, issuer ?? null, key ?? null])
  const known = memo.get(name) ?? find()
  memo.set(name, known)
  return known
}

/** The issuers that the store has. */
export const issuers = async (store: Store, id: string): Promise<readonly Uint8Array[]> =>
  (await store.issuersOf(id)).map(({ der }) => der)
