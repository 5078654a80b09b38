import { isCertmanError } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import { writePem } from '../../formats/pem.ts'
import type { ListedRecord, Store } from '../../store/store.ts'
import type { ServedStore } from '../house.ts'
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

interface Place {
  readonly served: ServedStore
  readonly row: ListedRecord
}

/** A request as the caller's era has it: the published pages know no owner. */
export async function wireOf(desk: Desk, { served, row }: Place): Promise<WireRequest> {
  const { store } = served
  const certificate = await certificateOf(store, row)
  const wire = {
    id: desk.numbers.numberOf(served, 'request', row.id),
    csr: await csrText(store, row),
    certificate_chain: certificate.chain,
    status: certificate.isRevoked ? 'Revoked' : wireState(row['state']),
  } as const
  return desk.era === 'bearer' ? wire : { ...wire, email: String(row['requestedBy'] ?? 'unknown') }
}

/** Several, in order, some at a time. One that has gone meanwhile is left out. */
export async function wiresOf(desk: Desk, places: readonly Place[]): Promise<readonly Json[]> {
  const wires: Json[] = []
  for (let at = 0; at < places.length; at += ASIDE) {
    const some = await Promise.all(places.slice(at, at + ASIDE).map((place) => orGone(wireOf(desk, place))))
    for (const wire of some) if (wire) wires.push({ ...wire })
  }
  return wires
}

/** The row of an id; undefined when there is none, or a name only. */
export async function rowOf(
  { store }: ServedStore,
  kind: 'request' | 'authority',
  id: string,
): Promise<ListedRecord | undefined> {
  try {
    const row = await store.resolve({ kind, by: 'text', text: id })
    return row.id === id ? row : undefined
  } catch (error) {
    if (isCertmanError(error, 'record.not-found') || isCertmanError(error, 'reference.ambiguous'))
      return undefined
    throw error
  }
}

/** What is there; undefined when it is not there any more. */
export async function orGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (isCertmanError(error, 'record.not-found')) return undefined
    throw error
  }
}

/** The text exactly as submitted; a store that gives no bytes of requests has none. */
async function csrText(store: Store, row: ListedRecord): Promise<string> {
  const kept = row['submittedText']
  if (typeof kept === 'string') return kept
  if (!store.can.exportRequest) return ''
  const { row: full, der } = await store.request(row.id)
  const given = full['submittedText']
  return typeof given === 'string' ? given : writePem('CERTIFICATE REQUEST', der)
}

/** The chain of an issued request. A revoked certificate is not handed out, one on hold neither. */
async function certificateOf(
  store: Store,
  { state, certificateId: id }: ListedRecord,
): Promise<{ readonly chain: string; readonly isRevoked: boolean }> {
  if (state !== 'issued' || typeof id !== 'string' || !store.can.exportCertificate)
    return { chain: '', isRevoked: false }
  const leaf = await orGone(store.certificate(id))
  if (!leaf) return { chain: '', isRevoked: false }
  if (leaf.record.revocation) return { chain: '', isRevoked: true }
  return { chain: chainText([leaf.der, ...(await issuers(store, id))]), isRevoked: false }
}

/** The issuers that the store has. */
export const issuers = async (store: Store, id: string): Promise<readonly Uint8Array[]> =>
  (await store.issuersOf(id)).map(({ der }) => der)
