import { isObject } from '../../base/json.ts'
import { CertmanError } from '../../base/errors.ts'
import { fieldsIn, type Query } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import type { ListedRecord, StoredCertificate, StoredKey } from '../../store/store.ts'
import type { DialectFace, ProbeResult, RemoteConnection, RemoteSetup } from '../dialect.ts'
import { filterForServer, listRows, rowsNeeded } from '../listing.ts'
import { noRecord } from '../refusals.ts'
import { madeOfSent, strangeAnswer } from '../reply-errors.ts'
import { D9treadyChanges, noRequest } from './client-changes.ts'
import { fullKeyRow, keyRow, storedKey } from './client-keys.ts'
import { Link } from './client-link.ts'
import {
  bareRow,
  holdAll,
  holdItem,
  isHeld,
  issuersIn,
  listItems,
  listKeys,
  rowOf,
  storedOf,
  type Held,
  type Item,
} from './client-read.ts'
import { csrOf, requestRowOf } from './client-requests.ts'
import { linksOf, VENDOR } from './wire.ts'

/** A connection to d9tready; see `docs/dialects/d9tready.md` for what each verb sends. */
export const d9treadyClient = (face: DialectFace, setup: RemoteSetup): RemoteConnection =>
  new D9treadyStore(face, setup)

class D9treadyStore extends D9treadyChanges {
  protected readonly link = new Link(this.setup)
  /** Which key a certificate stands under: an id alone does not say it. */
  readonly #owners = new Map<string, string>()

  /** The root: it names the resources and asks for the password as every other call does. */
  async probe(): Promise<ProbeResult> {
    const reply = await this.link.call({ method: 'GET', path: '' })
    const root = reply.json()
    if (!isObject(root)) throw strangeAnswer(VENDOR, reply, 'no list of resources')
    const rels = linksOf(root).map(({ rel }) => rel)
    const user = this.setup.credential?.user
    return {
      server: VENDOR,
      ...(user !== undefined && { user }),
      ...(rels.length > 0 && { facts: { resources: rels.join(', ') } }),
    }
  }

  override async *list(kind: RecordKind, query: Query): AsyncIterable<ListedRecord> {
    const { now } = this.link
    switch (kind) {
      case 'certificate':
        return yield* this.#certificates(query)
      case 'request':
        return yield* listRows(this.#requests(rowsNeeded(query)), query, { kind, now })
      case 'key':
        return yield* listRows(this.#keys(), query, { kind, now })
      default:
        throw this.cannotList(kind)
    }
  }

  override async count(kind: RecordKind, { filter }: Pick<Query, 'filter'>): Promise<number> {
    if (kind === 'certificate' && filterForServer(filter).op === 'all') return (await this.#items()).length
    return super.count(kind, { filter })
  }

  override async certificate(id: string): Promise<StoredCertificate> {
    return storedOf(await this.held(id), this.link.now)
  }

  override async issuersOf(id: string): Promise<readonly StoredCertificate[]> {
    return issuersIn(await this.held(id), this.link.now)
  }

  override async request(id: string): Promise<{ readonly row: ListedRecord; readonly der: Uint8Array }> {
    const held = await this.held(id)
    const der = await csrOf(this.link, held)
    if (!der) throw noRequest(id)
    return { row: requestRowOf(held, der), der }
  }

  override key(id: string): Promise<StoredKey> {
    return madeOfSent(VENDOR, `private key ${JSON.stringify(id)}`, () => storedKey(this.link, id))
  }

  protected async held(id: string): Promise<Held> {
    const found = await this.#find(id)
    if (!found) throw noRecord('certificate', id)
    if (isHeld(found)) return found
    throw new CertmanError(
      'remote.unexpected',
      `${VENDOR}: certificate ${id} is shown without bytes that can be read`,
      { hint: 'the server has them not; all that it says of it: certman list --output json' },
    )
  }

  protected async byId(kind: RecordKind, id: string): Promise<ListedRecord | undefined> {
    if (!isId(id)) return undefined
    if (kind === 'key') return fullKeyRow(this.link, id)
    const found = await this.#find(id)
    if (!found) return undefined
    if (kind === 'certificate') return anyRow(found, this.link.now)
    if (!isHeld(found)) return undefined
    const csr = await csrOf(this.link, found)
    return csr && requestRowOf(found, csr)
  }

  /** With its bytes, where the server has them. */
  async #find(id: string): Promise<Held | Item | undefined> {
    if (!isId(id)) return undefined
    const known = this.#owners.get(id)
    const held = known === undefined ? undefined : await holdItem(this.link, { id, keyId: known, wire: {} })
    if (held) return held
    const items = (await this.#items()).filter((item) => item.id === id)
    if (items.length > 1)
      throw new CertmanError(
        'reference.ambiguous',
        `${VENDOR} has certificate ${id} under the keys ${items.map(({ keyId }) => keyId).join(', ')}`,
        { hint: 'use its thumbprint' },
      )
    const [item] = items
    return item && ((await holdItem(this.link, item)) ?? item)
  }

  async #items(): Promise<readonly Item[]> {
    const items = await listItems(this.link)
    for (const { id, keyId } of items) this.#owners.set(id, keyId)
    return items
  }

  /** The list tells name, key and dates: when the query asks for no more, only the rows wanted are fetched whole. */
  async *#certificates(query: Query): AsyncIterable<ListedRecord> {
    const { now } = this.link
    const kind = 'certificate'
    if (!isCheap(query))
      return yield* listRows(this.#rows(await this.#items(), rowsNeeded(query)), query, { kind, now })
    const items = await this.#items()
    const byId = new Map(items.map((item) => [item.id, item]))
    const wanted: Item[] = []
    const bare = async function* (): AsyncIterable<readonly ListedRecord[]> {
      yield items.map((item) => bareRow(item, now))
    }
    for await (const { id } of listRows(bare(), query, { kind, now })) wanted.push(byId.get(id)!)
    for await (const page of this.#rows(wanted)) yield* page
  }

  async *#rows(items: readonly Item[], limit?: number): AsyncIterable<readonly ListedRecord[]> {
    const { now } = this.link
    for await (const page of holdAll(this.link, items, limit)) yield page.map((item) => anyRow(item, now))
  }

  async *#requests(limit?: number): AsyncIterable<readonly ListedRecord[]> {
    for await (const page of holdAll(this.link, await this.#items(), limit)) {
      const rows = page.filter(isHeld).map(async (held) => {
        const csr = await csrOf(this.link, held)
        return csr && requestRowOf(held, csr)
      })
      yield (await Promise.all(rows)).filter((row) => row !== undefined)
    }
  }

  async *#keys(): AsyncIterable<readonly ListedRecord[]> {
    yield (await listKeys(this.link)).map(keyRow)
  }
}

const anyRow = (item: Held | Item, now: Date): ListedRecord =>
  isHeld(item) ? rowOf(item, now) : bareRow(item, now)

/** Ids are decimal in the documents; whatever is safe in a path will do. */
const isId = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text)

/** Fields of a certificate that the list tells. */
const LISTED = new Set([
  'id',
  'name',
  'keyId',
  'notBefore',
  'notAfter',
  'expires',
  'state',
  'supersededBy',
  'tags',
])

const isCheap = ({ filter, sort }: Query): boolean =>
  fieldsIn(filter).every((field) => LISTED.has(field)) && sort.every(({ field }) => LISTED.has(field))
