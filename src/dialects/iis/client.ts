import type { Filter, Query } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import { hexDigits, type Reference } from '../../domain/reference.ts'
import { oidOfName } from '../../asn1/oids.ts'
import { findField } from '../../query/fields.ts'
import type { ListedRecord } from '../../store/store.ts'
import type { DialectFace, ProbeResult, RemoteConnection, RemoteSetup } from '../dialect.ts'
import { countRows, filterForServer, listRows, type ListingOptions, rowsNeeded } from '../listing.ts'
import { textMember } from '../members.ts'
import { RemoteStore } from '../remote-store.ts'
import { resolveRemote } from '../resolve-remote.ts'
import { sayUntold, TOLD_BY_ALL, type Telling } from '../untold.ts'
import { Link, unexpected, VENDOR } from './client-link.ts'
import { askHead, certificatePages, type Wanted } from './client-pages.ts'
import { rowOf } from './map.ts'
import { purposeLabel } from './labels.ts'
import { readCertificate, releaseOf } from './wire.ts'

/** A connection to a host with IIS Administration; see `docs/dialects/iis.md` for what each verb sends. */
export const iisClient = (face: DialectFace, setup: RemoteSetup): RemoteConnection =>
  new IisStore(face, setup)

type Pages = AsyncIterable<readonly ListedRecord[]>

class IisStore extends RemoteStore {
  readonly #link = new Link(this.setup)

  async probe(): Promise<ProbeResult> {
    const reply = await this.#link.call({ path: '' })
    const host = textMember(reply.json(), 'host_name')
    const release = releaseOf(reply.header('content-type'))
    const stores = await this.#link.stores()
    const facts = {
      ...(host !== undefined && { host }),
      ...(stores && { stores: stores.map(({ name, claims }) => withClaims(name, claims)).join(', ') }),
      ...(await this.#keyFacts()),
    }
    return { server: `${VENDOR}${release === undefined ? '' : ` ${release}`}`, facts }
  }

  override async *list(kind: RecordKind, query: Query): AsyncIterable<ListedRecord> {
    if (kind !== 'certificate') throw this.cannotList(kind)
    const filter = filterForServer(query.filter)
    const narrowed = await this.#narrowed(filter)
    const most = rowsNeeded(query)
    const pages = this.#rows({ ...narrowed, ...(most !== undefined && { most }) })
    yield* listRows(pages, { ...query, filter }, this.#finish(narrowed))
  }

  /** The host counts what nobody narrows. */
  override async count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    if (kind !== 'certificate') throw this.cannotList(kind)
    const filter = filterForServer(query.filter)
    if (filter.op === 'all' && this.#link.storeName === undefined) {
      const { total } = await askHead(this.#link)
      if (total !== undefined) return total
    }
    const narrowed = await this.#narrowed(filter)
    return countRows(this.#rows(narrowed), { filter }, this.#finish(narrowed))
  }

  /** By id, friendly name or thumbprint: one listing answers both of the last. */
  override async resolve(reference: Reference): Promise<ListedRecord> {
    const { kind } = reference
    if (kind !== 'certificate') throw this.cannotList(kind)
    if (reference.by === 'serial') throw this.cannot('list.serial', 'find certificates by serial number')
    const found = await resolveRemote(reference, {
      byId: (id) => this.byId(kind, id),
      rows: () => this.#named(),
    })
    const { name: _lent, ...row } = found
    return row as ListedRecord
  }

  protected async byId(_kind: RecordKind, id: string): Promise<ListedRecord | undefined> {
    if (!isId(id)) return undefined
    const call = { path: `/certificates/${id}`, thing: `certificate ${JSON.stringify(id)}` }
    const reply = await this.#link.find(call)
    if (!reply) return undefined
    const wire = readCertificate(reply.json())
    if (!wire) throw unexpected(reply, 'a certificate without an id')
    const wanted = this.#link.storeName?.toLowerCase()
    const isElsewhere = wanted !== undefined && wire.store?.name?.toLowerCase() !== wanted
    return isElsewhere ? undefined : rowOf(wire, this.#link.now)
  }

  /** Friendly names are what people call certificates by here. */
  async *#named(): AsyncIterable<ListedRecord> {
    for await (const page of this.#rows({}))
      for (const row of page) {
        const { friendlyName } = row
        yield friendlyName === undefined ? row : { ...row, name: friendlyName }
      }
  }

  async *#rows(wanted: Wanted): Pages {
    const now = this.#link.now
    for await (const page of certificatePages(this.#link, wanted)) yield page.map((wire) => rowOf(wire, now))
  }

  /** When the API key ends; hosts that do not say leave it out. */
  async #keyFacts(): Promise<Record<string, string>> {
    const reply = await this.#link.ask({ path: '/access-token' })
    if (reply.status !== 200) return {}
    const expires = textMember(reply.json(), 'expires_on')
    return expires === undefined ? {} : { 'key expires': expires === '' ? 'never' : expires }
  }

  /** The purpose that a filter asks for and nothing else, for hosts that pick by OID: from 6.0.0 on. */
  async #narrowed(filter: Filter): Promise<Pick<Wanted, 'head' | 'purpose'>> {
    sayUntold(this.setup, filter, TELLING)
    const purpose = purposeOf(filter)
    if (purpose === undefined) return {}
    const head = await askHead(this.#link)
    return Number(head.release?.split('.')[0] ?? 0) >= 6 ? { head, purpose } : { head }
  }

  /** What is left to do here: nothing where the host picked. */
  #finish({ purpose }: Pick<Wanted, 'purpose'>): ListingOptions {
    return { kind: 'certificate', now: this.#link.now, isFiltered: purpose !== undefined }
  }
}

const withClaims = (name: string, claims: readonly string[] | undefined): string =>
  claims ? `${name} (${claims.join(', ') || 'no claims'})` : name

/** Fields of certificates that a host sends, or that follow from what it sends. */
const TOLD = ['friendlyName', 'exportable', 'version', 'signatureAlgorithm', 'notBefore', 'age']
const TOLD_NAMES = ['issuer', 'issuerCn', 'issuerO', 'subjectAltName', 'extendedKeyUsage']

const TELLING: Telling = { vendor: VENDOR, told: new Set([...TOLD_BY_ALL, ...TOLD, ...TOLD_NAMES]) }

/** The OID of a purpose that hosts have a name for: certificates without purposes fit neither here nor there. */
function purposeOf(filter: Filter): string | undefined {
  if (filter.op !== 'compare' || filter.operator !== '=' || filter.value.type !== 'text') return undefined
  if (findField('certificate', filter.field)?.name !== 'extendedKeyUsage') return undefined
  const { value } = filter.value
  return purposeLabel(value) === null ? undefined : (oidOfName('keyPurpose', value) ?? value)
}

/** Opaque; `stores` is a path of its own, and thumbprints are looked for in lists. */
const isId = (text: string): boolean =>
  /^[\w-]{1,2048}$/.test(text) &&
  text.toLowerCase() !== 'stores' &&
  (hexDigits(text)?.length ?? Infinity) > 40
