import type { Filter, Query } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import type { Reference } from '../../domain/reference.ts'
import type { ListedRecord, StoredCertificate, StoredKey } from '../../store/store.ts'
import type { DialectFace, ProbeResult, RemoteConnection, RemoteSetup } from '../dialect.ts'
import { countRows, filterForServer, listRows, rowsNeeded } from '../listing.ts'
import { noRecord } from '../refusals.ts'
import {
  issuersOf,
  readingOf,
  recoverKey,
  rowByThumbprint,
  storedCertificate,
  wireCertificate,
} from './client-certificates.ts'
import { KeyfactorChanges } from './client-changes.ts'
import { wireCollection } from './client-collections.ts'
import { certificatePages, certificateTotal, otherPages } from './client-lists.ts'
import { dueRows } from './client-renew.ts'
import { requestById, requestRows } from './client-requests.ts'
import { authorityRowOf, collectionRowOf, rowOf } from './map.ts'
import { HEADER, VENDOR, wireList } from './wire.ts'

/** A connection to Keyfactor Command; see `docs/dialects/keyfactor.md` for what each verb sends. */
export const keyfactorClient = (face: DialectFace, setup: RemoteSetup): RemoteConnection =>
  new KeyfactorStore(face, setup)

class KeyfactorStore extends KeyfactorChanges {
  /** Which certificate has a key: seen in rows, so that an export needs no second listing. */
  readonly #keyHolders = new Map<string, string>()

  /** The vendor's clients log in with the same call. */
  async probe(): Promise<ProbeResult> {
    const reply = await this.link.call({ method: 'GET', path: '/Status/Endpoints' })
    const open = wireList(reply)
    const version = reply.header(HEADER.product)
    const user = this.setup.credential?.user
    return {
      server: `${VENDOR}${version === undefined ? '' : ` ${version}`}`,
      ...(user !== undefined && { user }),
      facts: { endpoints: String(open.length) },
    }
  }

  override async *list(kind: RecordKind, query: Query): AsyncIterable<ListedRecord> {
    const asked = { ...query, filter: filterForServer(query.filter) }
    yield* listRows(this.#pages(kind, asked), asked, { kind, now: this.link.now })
  }

  override async *due(): AsyncIterable<ListedRecord> {
    yield* await dueRows(this.#certificates({ op: 'all' }), this.link.now)
  }

  /** The server counts what nobody narrows. */
  override async count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    const filter = filterForServer(query.filter)
    if (kind === 'certificate' && filter.op === 'all') {
      const total = await certificateTotal(this.link)
      if (total !== undefined) return total
    }
    return countRows(this.#pages(kind, { filter, sort: [] }), { filter }, { kind, now: this.link.now })
  }

  /** A whole thumbprint is asked for, not looked for; a private key is found by its certificate. */
  override async resolve(reference: Reference): Promise<ListedRecord> {
    if (reference.kind === 'key')
      return this.requireById('key', reference.by === 'text' ? reference.text : '')
    const text = reference.by === 'text' ? reference.text.replace(/[: ]/g, '') : ''
    if (reference.kind === 'certificate' && /^[0-9a-f]{40}$/i.test(text)) {
      const row = await rowByThumbprint(this.link, text)
      if (row) return this.#noted(row)
    }
    return super.resolve(reference)
  }

  override async certificate(id: string): Promise<StoredCertificate> {
    const stored = await storedCertificate(this.link, id)
    if (stored.record.keyId !== undefined) this.#keyHolders.set(stored.record.keyId, id)
    return stored
  }

  override issuersOf(id: string): Promise<readonly StoredCertificate[]> {
    return issuersOf(this.link, id)
  }

  override async key(id: string): Promise<StoredKey> {
    const holder = await this.#holderOf(id)
    if (holder !== undefined) return recoverKey(this.link, holder, id)
    throw noRecord('key', id)
  }

  protected async byId(kind: RecordKind, id: string): Promise<ListedRecord | undefined> {
    switch (kind) {
      case 'certificate': {
        const wire = await wireCertificate(this.link, id)
        return wire === undefined ? undefined : this.#noted(rowOf(wire, readingOf(this.link)))
      }
      case 'request':
        return requestById(this.link, id)
      case 'collection': {
        const wire = await wireCollection(this.link, id)
        return wire === undefined ? undefined : collectionRowOf(wire)
      }
      case 'key':
        return /^[0-9a-f]{64}$/i.test(id) ? this.#keyRow(id.toLowerCase()) : undefined
      default:
        for await (const page of this.#pages(kind, { filter: { op: 'all' }, sort: [] }))
          for (const row of page) if (row.id === id) return row
        return undefined
    }
  }

  protected override keyHolder(id: string): Promise<string | undefined> {
    return this.#holderOf(id)
  }

  #pages(kind: RecordKind, query: Query): AsyncIterable<readonly ListedRecord[]> {
    switch (kind) {
      case 'certificate':
        return this.#certificates(query.filter, rowsNeeded(query))
      case 'request':
        return requestRows(this.link)
      case 'authority':
        return otherPages(this.link, '/CertificateAuthority', authorityRowOf)
      case 'collection':
        return otherPages(this.link, '/CertificateCollections', collectionRowOf)
      default:
        throw this.cannotList(kind)
    }
  }

  #certificates(filter: Filter, most?: number): AsyncIterable<readonly ListedRecord[]> {
    const reading = readingOf(this.link)
    const row = (wire: Parameters<typeof rowOf>[0]): ListedRecord => this.#noted(rowOf(wire, reading))
    return certificatePages(this.link, filter, { row, ...(most !== undefined && { most }) })
  }

  async #keyRow(id: string): Promise<ListedRecord | undefined> {
    const holder = await this.#holderOf(id)
    const row = holder === undefined ? undefined : await this.byId('certificate', holder)
    return row && keyRowOf(row)
  }

  async #holderOf(keyId: string): Promise<string | undefined> {
    const known = this.#keyHolders.get(keyId)
    if (known !== undefined) return known
    for await (const _page of this.#certificates({ op: 'all' })) if (this.#keyHolders.has(keyId)) break
    return this.#keyHolders.get(keyId)
  }

  #noted(row: ListedRecord): ListedRecord {
    if (typeof row['keyId'] === 'string') this.#keyHolders.set(row['keyId'], row.id)
    return row
  }
}

function keyRowOf(row: ListedRecord): ListedRecord {
  const key = row['publicKey'] as ListedRecord | undefined
  const imported = row['importedAt']
  return {
    ...key,
    id: String(row['keyId']),
    encrypted: false,
    ...(imported !== undefined && { importedAt: imported }),
  }
}
