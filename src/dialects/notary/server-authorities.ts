import { isCertmanError } from '../../base/errors.ts'
import { isObject, type Json, type JsonObject } from '../../base/json.ts'
import { orNone } from '../../base/or-none.ts'
import { EVERYTHING, fieldIs } from '../../domain/filter.ts'
import { writePem } from '../../formats/pem.ts'
import type { ListedRecord, Store } from '../../store/store.ts'
import { certificateParts } from '../../x509/certificate.ts'
import { writeUnsignedCsr } from '../../x509/write-csr.ts'
import type { Access, ServedStore } from '../house.ts'
import { rowOfId } from '../row-of-id.ts'
import { missing } from './errors.ts'
import { chainText } from './map.ts'
import { done, found } from './server-answer.ts'
import { pathId, readBody } from './server-body.ts'
import type { Desk, Handler } from './server-desk.ts'
import { isAuthorityRequest, issuers, orGone } from './server-view.ts'
import type { WireAuthority } from './wire.ts'

/** An authority keeps the number of its request for life: that of the request and this. */
export const OF_REQUEST = 1_000_000

/** An authority, or the request of one that waits for its certificate, or both. */
export interface FoundAuthority {
  readonly served: ServedStore
  readonly number: number
  /** Absent while it waits. */
  readonly row?: ListedRecord
  /** Absent for one that was not asked for here. */
  readonly request?: ListedRecord
}

/** Where authorities are looked for. */
interface Sight extends Pick<Desk, 'numbers'> {
  readonly access: Pick<Access, 'stores'>
}

/** The number of an authority that waits for the answer to a request of the queue. */
export const numberOfRequest = (
  { numbers }: Pick<Desk, 'numbers'>,
  served: ServedStore,
  id: string,
): number => numbers.numberOf(served, 'request', id) + OF_REQUEST

/** The authorities of one store. A local store keeps those that wait in its queue. */
async function authoritiesOf(desk: Desk, served: ServedStore): Promise<readonly FoundAuthority[]> {
  const { store } = served
  if (!store.can.list.includes('authority')) return []
  const requests = store.can.profiles ? await authorityRequests(store) : new Map<string, ListedRecord>()
  const all: FoundAuthority[] = []
  for await (const row of store.list('authority', EVERYTHING)) {
    const request = requests.get(String(row['keyId']))
    requests.delete(String(row['keyId']))
    const number = request
      ? numberOfRequest(desk, served, request.id)
      : desk.numbers.numberOf(served, 'authority', row.id)
    all.push({ served, number, ...recordsOf(row, request) })
  }
  for (const request of requests.values())
    if (request['state'] === 'outstanding')
      all.push({ served, number: numberOfRequest(desk, served, request.id), request })
  return all
}

/** Another vendor's authority without a certificate. */
export const isPending = (row: JsonObject): boolean => row['pending'] === true

const recordsOf = (
  row: ListedRecord,
  request: ListedRecord | undefined,
): Pick<FoundAuthority, 'row' | 'request'> => ({
  ...(isPending(row) ? { request: row } : { row }),
  ...(request && { request }),
})

/** By the key, the first request each. */
async function authorityRequests(store: Store): Promise<Map<string, ListedRecord>> {
  const filter = fieldIs('profile', 'intermediate')
  const found = new Map<string, ListedRecord>()
  for await (const row of store.list('request', { ...EVERYTHING, filter })) {
    const keyId = String(row['keyId'])
    if (isAuthorityRequest(row) && !found.has(keyId)) found.set(keyId, row)
  }
  return found
}

/** All authorities that the caller may see. */
export async function allAuthorities(desk: Desk): Promise<readonly FoundAuthority[]> {
  const all: FoundAuthority[] = []
  for (const served of desk.access.stores)
    if (served.claims.includes('read')) all.push(...(await authoritiesOf(desk, served)))
  return all
}

/** The authority of a number: that of its record, or that of the request that it came from. */
export async function authorityAt(desk: Sight, number: number): Promise<FoundAuthority | undefined> {
  const stores = desk.access.stores.filter(({ claims }) => claims.includes('read'))
  const numbered = await desk.numbers.find(stores, 'authority', number)
  if (!numbered) return undefined
  const { served, id } = numbered
  const isOfRequest = served.store.can.profiles && Number(id) > OF_REQUEST
  if (isOfRequest) return ofRequest(desk, served, String(Number(id) - OF_REQUEST))
  const row = await rowOfId(served.store, 'authority', id)
  if (!row) return undefined
  const [request] = served.store.can.profiles ? await requestsOf(served.store, row['keyId']) : []
  const own = request ? numberOfRequest(desk, served, request.id) : number
  return { served, number: own, ...recordsOf(row, request) }
}

async function ofRequest(desk: Sight, served: ServedStore, id: string): Promise<FoundAuthority | undefined> {
  const request = await rowOfId(served.store, 'request', id)
  if (!request || !isAuthorityRequest(request)) return undefined
  const [row] = await withKey(served.store, 'authority', request['keyId'])
  if (!row && request['state'] !== 'outstanding') return undefined
  return { served, number: numberOfRequest(desk, served, id), request, ...(row && { row }) }
}

/** Authorities, or requests of authorities, that have a key. */
async function withKey(
  store: Store,
  kind: 'authority' | 'request',
  keyId: Json | undefined,
): Promise<readonly ListedRecord[]> {
  if (typeof keyId !== 'string') return []
  const filter = fieldIs('keyId', keyId)
  const found: ListedRecord[] = []
  for await (const row of store.list(kind, { ...EVERYTHING, filter }))
    if (kind === 'authority' || isAuthorityRequest(row)) found.push(row)
  return found
}

/** The same for requests of a local store, whose keys are found by their hash: a queue may be long. */
async function requestsOf(store: Store, keyId: Json | undefined): Promise<readonly ListedRecord[]> {
  if (typeof keyId !== 'string') return []
  try {
    const row = await store.resolve({ kind: 'request', by: 'text', text: keyId })
    if (row['keyId'] === keyId && isAuthorityRequest(row)) return [row]
  } catch (error) {
    if (isCertmanError(error, 'record.not-found')) return []
    if (!isCertmanError(error, 'reference.ambiguous')) throw error
  }
  return withKey(store, 'request', keyId)
}

/** The authority of the path. @throws {WireFault} 400, 404 */
export async function authorityOf(desk: Desk): Promise<FoundAuthority> {
  const authority = await authorityAt(desk, pathId(desk.call))
  if (authority) return authority
  throw missing()
}

/** An authority as it goes out. One that is revoked counts as having no certificate. */
async function wireOf(desk: Desk, authority: FoundAuthority): Promise<JsonObject> {
  const { served, number, row, request } = authority
  const { store } = served
  const id = row?.['certificateId']
  const isSound = row !== undefined && typeof id === 'string' && !isObject(row['revocation'])
  const own =
    typeof id === 'string' && store.can.exportCertificate ? await orGone(store.certificate(id)) : undefined
  const wire: WireAuthority = {
    id: number,
    enabled: isSound && row['enabled'] !== false,
    certificate: own && isSound ? chainText([own.der, ...(await issuers(store, id))]) : '',
    csr: await csrOf(store, request, own?.der),
    crl: row ? await crlText(store, row.id) : '',
  }
  if (desk.era === 'cookie') return { ...wire }
  const { enabled, ...old } = wire
  return { ...old, enabled, status: oldStatus(row, { now: desk.house.ambient.now(), isSound, enabled }) }
}

/** What stood in place of `enabled` before June 2025. */
function oldStatus(
  row: ListedRecord | undefined,
  { now, isSound, enabled }: { readonly now: Date; readonly isSound: boolean; readonly enabled: boolean },
): string {
  if (!row || !isSound) return 'pending'
  if (Date.parse(String(row['notAfter'])) < now.getTime()) return 'expired'
  return enabled ? 'active' : 'legacy'
}

/** Notary's web page reads the name of every authority out of its request: of one that has none, it is made of its certificate. */
async function csrOf(
  store: Store,
  row: ListedRecord | undefined,
  certificate: Uint8Array | undefined,
): Promise<string> {
  const isAsked = row !== undefined && !isPending(row) && store.can.exportRequest
  const request = isAsked ? await orGone(store.request(row.id)) : undefined
  const der = request?.der ?? (certificate && unsignedCsr(certificate))
  return der ? writePem('CERTIFICATE REQUEST', der) : ''
}

function unsignedCsr(certificate: Uint8Array): Uint8Array {
  const { subjectDer, spki } = certificateParts(certificate)
  return writeUnsignedCsr(subjectDer, spki)
}

/**
 * PEM of the CRL; `""` when there is none at the moment: one that is due and cannot be signed here (an offline root's, say)
 * must not hide the authority, nor all others of a list; `…/crl` says why it is not there. Any other trouble is told:
 * nobody is revoked by an empty list.
 */
async function crlText(store: Store, id: string): Promise<string> {
  if (!store.can.crl) return ''
  const crl = await orNone(store.crl(id), 'record.not-found', 'key.missing', 'password.required')
  return crl ? writePem('X509 CRL', crl.der) : ''
}

/** `GET /certificate_authorities`. */
export const listAuthorities: Handler = async (desk) => {
  const wires: Json[] = []
  for (const authority of await allAuthorities(desk)) wires.push(await wireOf(desk, authority))
  return found(wires)
}

/** `GET /certificate_authorities/{id}`. */
export const showAuthority: Handler = async (desk) => found(await wireOf(desk, await authorityOf(desk)))

/**
 * `PUT /certificate_authorities/{id}`. Without `enabled` the authority is disabled, as by Notary; the old `status` of
 * `active` counts as enabled.
 */
export const updateAuthority: Handler = async (desk) => {
  const body = await readBody(desk.call)
  const enabled = body.flag('enabled') ?? body.text('status') === 'active'
  const { served, row } = await authorityOf(desk)
  // what waits cannot sign, whatever it is told
  if (row) await served.store.editAuthority({ kind: 'authority', id: row.id }, { enabled })
  return done(200)
}

/** `DELETE /certificate_authorities/{id}`: one that waits goes; the key of another is not thrown away over the network. */
export const deleteAuthority: Handler = async (desk) => {
  const { served, row, request } = await authorityOf(desk)
  if (row) await served.store.delete([{ kind: 'authority', id: row.id }])
  else if (request) {
    const kind = isPending(request) ? 'authority' : 'request'
    await served.store.delete([{ kind, id: request.id }])
  }
  return done(200)
}
