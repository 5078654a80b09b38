import type { JsonObject } from '../../base/json.ts'
import { orNone } from '../../base/or-none.ts'
import { sha256Hex } from '../../crypto/digest.ts'
import { compare, EVERYTHING, fieldIs, type Filter, type Query } from '../../domain/filter.ts'
import type { ListedRecord } from '../../store/store.ts'
import type { Access, ServedStore } from '../house.ts'
import { notFound } from './errors.ts'
import { namedOf, subjectMembers } from './map.ts'

/** A private key as the vendor's users see it. */
export interface KeyEntry {
  readonly served: ServedStore
  /** The store's own. */
  readonly id: string
  /** On the wire. */
  readonly number: number
  readonly name: string
  /** Absent where the store keeps no private keys: then the entry stands for the public key of certificates. */
  readonly row: ListedRecord | undefined
}

/** A certificate resource: it keeps its id while the certificates in it follow one another. */
export interface Resource {
  readonly served: ServedStore
  /** On the wire. */
  readonly id: string
  /** The certificate that is in it now. */
  readonly row: ListedRecord
}

/** Numbers of keys: 44 bits of the hash, the store above them; 511 stores fit below 2^53. */
const KEY_SPAN = 2 ** 44
/** Numbers of certificates: 40 bits for each store, the upper half of them for ids that are no numbers. */
const CERTIFICATE_SPAN = 2 ** 40

const hex = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? id : sha256Hex(Buffer.from(id)))

/** The id of a key on the wire: the same after every restart. */
export const keyNumber = (served: ServedStore, id: string): number =>
  (served.number - 1) * KEY_SPAN + Number.parseInt(hex(id).slice(0, 11), 16)

/** The id of a certificate on the wire: decimal text, the same after every restart. */
function certificateNumber(served: ServedStore, id: string): string {
  const half = CERTIFICATE_SPAN / 2
  const isOwn = /^(?:0|[1-9]\d{0,11})$/.test(id) && Number(id) < half
  const own = isOwn
    ? Number(id)
    : half + (Number.parseInt(sha256Hex(Buffer.from(id)).slice(0, 10), 16) % half)
  return String((served.number - 1) * CERTIFICATE_SPAN + own)
}

const hasKeys = ({ store }: ServedStore): boolean => store.can.list.includes('key')
const hasCertificates = ({ store }: ServedStore): boolean => store.can.list.includes('certificate')

/** All keys of the stores that are open to the caller. */
export const allKeys = (access: Pick<Access, 'stores'>): AsyncIterable<KeyEntry> =>
  keysAmong(access, EVERYTHING)

async function* keysAmong({ stores }: Pick<Access, 'stores'>, query: Query): AsyncIterable<KeyEntry> {
  for (const served of stores)
    if (hasKeys(served)) for await (const row of served.store.list('key', query)) yield keyEntry(served, row)
    else if (hasCertificates(served)) yield* publicKeys(served)
}

/** Whether a key that is open to the caller has the name. Stores look for it: not all rows of their keys are made. */
export async function isNameTaken(access: Pick<Access, 'stores'>, name: string): Promise<boolean> {
  for await (const entry of keysAmong(access, { filter: mayBeNamed(name), sort: [] }))
    if (entry.name === name) return true
  return false
}

/** Fits whatever `keyEntry` gives the name, and few others. */
function mayBeNamed(name: string): Filter {
  if (/^key [0-9a-f]{8}$/.test(name)) return { op: 'all' }
  const cameAs = compare('source.from', '$=', { type: 'text', value: name })
  return { op: 'or', terms: [fieldIs('name', name), cameAs] }
}

/** The name that came with the key: where it was taken from is all that a store keeps of it. */
function keyEntry(served: ServedStore, row: ListedRecord): KeyEntry {
  const source = row['source'] as JsonObject | undefined
  const [own, from] = [row['name'], source?.['from']]
  const name = typeof own === 'string' ? own : typeof from === 'string' ? withoutFolders(from) : ''
  const number = keyNumber(served, row.id)
  return { served, id: row.id, number, name: name === '' ? `key ${hex(row.id).slice(0, 8)}` : name, row }
}

/** Keys that came out of files have their path for a name; folders of this machine are nobody's business. */
const withoutFolders = (from: string): string =>
  /^(?:[./~]|[A-Za-z]:[\\/])|\.(?:pem|key|der|pfx|p12|jks|crt|cer)$/i.test(from)
    ? from.replace(/^.*[\\/]/s, '')
    : from

/** The public key of a certificate stands for the private key that the store does not keep. */
const holderOf = (row: ListedRecord): string => {
  const { spkiHash } = (row['publicKey'] ?? {}) as { readonly spkiHash?: string }
  return spkiHash ?? `certificate ${row.id}`
}

async function* publicKeys(served: ServedStore): AsyncIterable<KeyEntry> {
  const seen = new Set<string>()
  for await (const row of served.store.list('certificate', EVERYTHING)) {
    const id = holderOf(row)
    if (seen.has(id)) continue
    seen.add(id)
    yield { served, id, number: keyNumber(served, id), name: nameOf(row), row: undefined }
  }
}

/** The key of a number in a path. @throws {WireFault} 404 */
export async function keyOf(access: Access, text: string | undefined): Promise<KeyEntry> {
  const number = /^(?:0|[1-9]\d{0,15})$/.test(text ?? '') ? Number(text) : Number.NaN
  const served = access.stores.find((each) => each.number === Math.floor(number / KEY_SPAN) + 1)
  const found = served && ((await byPrefix(served, number)) ?? (await byNumber(served, number)))
  if (found) return found
  throw notFound('private key')
}

/** Most ids are hashes, and stores find them by their beginning. */
async function byPrefix(served: ServedStore, number: number): Promise<KeyEntry | undefined> {
  if (!hasKeys(served)) return undefined
  const text = (number % KEY_SPAN).toString(16).padStart(11, '0')
  const asked = served.store.resolve({ kind: 'key', by: 'text', text })
  const row = await orNone(asked, 'record.not-found', 'reference.ambiguous')
  const entry = row && keyEntry(served, row)
  return entry?.number === number ? entry : undefined
}

async function byNumber(served: ServedStore, number: number): Promise<KeyEntry | undefined> {
  for await (const entry of allKeys({ stores: [served] })) if (entry.number === number) return entry
  return undefined
}

/** Every certificate record of a key, those that others took the place of too. */
export async function recordsOf({ served, id, row }: KeyEntry): Promise<readonly ListedRecord[]> {
  const rows: ListedRecord[] = []
  const filter: Filter = row ? fieldIs('keyId', id) : { op: 'all' }
  for await (const each of served.store.list('certificate', { filter, sort: [] }))
    if (row || holderOf(each) === id) rows.push(each)
  return rows
}

/** The certificate resources of a key. */
export const resourcesOf = async (key: KeyEntry): Promise<readonly Resource[]> =>
  resourcesAmong(key.served, await recordsOf(key))

/** A resource is named by the first certificate that was in it, and holds the last. */
function resourcesAmong(served: ServedStore, rows: readonly ListedRecord[]): readonly Resource[] {
  const heirs = new Map(rows.map((row) => [row.id, row['supersededBy']]))
  const first = new Map<string, string>()
  for (const { id } of rows) {
    let head = id
    for (let steps = 0; typeof heirs.get(head) === 'string' && steps <= rows.length; steps++)
      head = String(heirs.get(head))
    const known = first.get(head)
    if (known === undefined || isBefore(id, known)) first.set(head, id)
  }
  return rows
    .filter((row) => typeof row['supersededBy'] !== 'string')
    .map((row) => ({ served, row, id: certificateNumber(served, first.get(row.id) ?? row.id) }))
}

const isBefore = (a: string, b: string): boolean => (a.length === b.length ? a < b : a.length < b.length)

/** The resource of an id in a path, under its own key only. @throws {WireFault} 404 */
export async function resourceOf(key: KeyEntry, id: string | undefined): Promise<Resource> {
  const found = (await resourcesOf(key)).find((each) => each.id === id)
  if (found) return found
  throw notFound('certificate')
}

const WITH_KEY = compare('hasKey', '=', { type: 'boolean', value: true })

/** All certificate resources, each with the number of its key. */
export async function* allResources(access: Access): AsyncIterable<Resource & { readonly key: number }> {
  for (const served of access.stores) {
    if (!hasCertificates(served)) continue
    const byKey = new Map<string, ListedRecord[]>()
    // most certificates of a large store have no key in it, and are nobody's here
    const filter: Filter = hasKeys(served) ? WITH_KEY : { op: 'all' }
    for await (const row of served.store.list('certificate', { filter, sort: [] })) {
      const id = hasKeys(served) ? row['keyId'] : holderOf(row)
      if (typeof id === 'string') byKey.set(id, [...(byKey.get(id) ?? []), row])
    }
    for (const [id, rows] of byKey)
      for (const each of resourcesAmong(served, rows)) yield { ...each, key: keyNumber(served, id) }
  }
}

/** Names that `PUT` gives to certificates that had none: nobody should see them. */
const GIVEN_NAME = /^d9tready-\d+$/

/** The name of a certificate for the vendor's users. */
export function nameOf(row: ListedRecord): string {
  const [name, friendlyName] = [row['name'], row['friendlyName']]
  if (typeof name === 'string' && !(GIVEN_NAME.test(name) && typeof friendlyName === 'string')) return name
  if (typeof friendlyName === 'string' && friendlyName !== '') return friendlyName
  return subjectMembers(namedOf(row)).common_name || `certificate ${row.id}`
}
