import { compare, type Filter, type Query } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import { hexDigits, type Reference } from '../../domain/reference.ts'
import { printODataFilter } from '../../query/odata-print.ts'
import { requireRevision } from '../../store/change-record.ts'
import type { ImportBatch, ListedRecord, MutationOptions, Outcome, Target } from '../../store/store.ts'
import type { DialectFace, ProbeResult, RemoteConnection, RemoteSetup } from '../dialect.ts'
import { countRows, listRows } from '../listing.ts'
import { change, changed, deleteEach, sendAll, unchanged } from '../remote-changes.ts'
import { RemoteStore } from '../remote-store.ts'
import { isHtml, strangeAnswer } from '../reply-errors.ts'
import { resolveRemote } from '../resolve-remote.ts'
import { sayUntold, TOLD_BY_ALL, type Telling } from '../untold.ts'
import { isThere, packParcels, parcelRow, sendParcel, type Parcel } from './client-import.ts'
import { Link, VENDOR } from './client-link.ts'
import { certificatePages, certificateTotal } from './client-pages.ts'
import { readEntity } from './map.ts'
import { isNone, serviceFilter } from './map-filter.ts'
import { ID_PATTERN, MAX_ID } from './wire.ts'

/** A connection to Azure API Management; see `docs/dialects/azure-apim.md` for what each verb sends. */
export const azureApimClient = (face: DialectFace, setup: RemoteSetup): RemoteConnection =>
  new AzureStore(face, setup)

/** Longer filters are not sent: they travel in a URL. */
const MAX_FILTER = 1500
const PAGE = 100

class AzureStore extends RemoteStore {
  readonly #link = new Link(this.setup)

  async probe(): Promise<ProbeResult> {
    const { form, version } = this.#link.place
    const total = await certificateTotal(this.#link)
    const { credential } = this.setup
    const user = credential?.form === 'sas' ? (credential.user ?? 'integration') : undefined
    return {
      server: `Azure API Management (${form === 'arm' ? 'Azure Resource Manager' : 'classic API'})`,
      ...(user !== undefined && { user }),
      facts: { 'api-version': version, ...(total !== undefined && { certificates: String(total) }) },
    }
  }

  override async *list(kind: RecordKind, query: Query): AsyncIterable<ListedRecord> {
    if (kind !== 'certificate') throw this.cannotList(kind)
    sayUntold(this.setup, query.filter, TELLING)
    const now = this.#link.now
    // small pages only where every row of them counts
    const top = serviceFilter(query.filter, now).exact ? topOf(query) : undefined
    yield* listRows(this.#pages(query.filter, top), query, { kind, now })
  }

  override async count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    if (kind !== 'certificate') throw this.cannotList(kind)
    sayUntold(this.setup, query.filter, TELLING)
    const now = this.#link.now
    const { filter, exact } = serviceFilter(query.filter, now)
    if (exact && filter.op === 'all') {
      const total = await certificateTotal(this.#link)
      if (total !== undefined) return total
    }
    return countRows(this.#pages(query.filter), query, { kind, now })
  }

  /** Names are ids here: what is not found by its id can only be meant by its thumbprint. */
  override async resolve(reference: Reference): Promise<ListedRecord> {
    if (reference.kind !== 'certificate') throw this.cannotList(reference.kind)
    if (reference.by === 'serial') throw this.cannot('list.serial', 'find certificates by serial number')
    const hex = hexDigits(reference.text)
    const filter = compare('thumbprint', '^=', { type: 'text', value: hex ?? '' })
    let isListed = false
    const found = await resolveRemote(reference, {
      byId: (id) => this.byId('certificate', id),
      rows: () => {
        isListed = hex !== undefined
        return isListed ? this.list('certificate', { filter, sort: [] }) : undefined
      },
    })
    // a listing has no tags
    return isListed ? ((await this.byId('certificate', found.id)) ?? found) : found
  }

  protected async byId(kind: RecordKind, id: string): Promise<ListedRecord | undefined> {
    if (kind !== 'certificate') throw this.cannotList(kind)
    const isId = ID_PATTERN.test(id) && [...id].length <= MAX_ID.classic && !/^\.{1,2}$/.test(id)
    if (!isId) return undefined
    const reply = await this.#link.find({ method: 'GET', id, thing: `certificate ${JSON.stringify(id)}` })
    if (!reply) return undefined
    const read = readEntity(reply.json(), this.#link.now, reply.header('etag'))
    if (!read) throw strangeAnswer(VENDOR, reply, 'no certificate')
    // names of resources are compared without case
    if (read.id.toLowerCase() === id.toLowerCase()) return read
    throw strangeAnswer(VENDOR, reply, 'another certificate than was asked for')
  }

  override async import(batch: ImportBatch, options?: MutationOptions): Promise<readonly Outcome[]> {
    const find = (id: string): Promise<ListedRecord | undefined> => this.byId('certificate', id)
    const outcomeOf = (parcel: Parcel, row: ListedRecord): Outcome => {
      if (isThere(parcel)) return unchanged('certificate', row, 'present')
      return changed('certificate', row, parcel.before ? 'replaced' : 'created')
    }
    return change(options, {
      check: async () => {
        for (const target of options?.expected ?? []) await this.#asSeen(target)
        return packParcels(this.#link, batch, { find, replace: options?.replace === true })
      },
      foretell: (parcels) => parcels.map((parcel) => outcomeOf(parcel, parcelRow(this.#link, parcel))),
      send: (parts) => {
        const send = async (parcel: Parcel): Promise<Outcome> => outcomeOf(parcel, await this.#sent(parcel))
        return sendAll({ parts, called: 'certificates', send }, options)
      },
    })
  }

  #sent(parcel: Parcel): Promise<ListedRecord> | ListedRecord {
    const { before } = parcel
    if (before && isThere(parcel)) return parcelRow(this.#link, parcel, tagOf(before))
    return sendParcel(this.#link, parcel, (id) => this.byId('certificate', id))
  }

  override async delete(targets: readonly Target[], options?: MutationOptions): Promise<readonly Outcome[]> {
    return deleteEach(targets, options, {
      find: async (target) => {
        if (target.kind !== 'certificate') throw this.cannotDelete(target.kind)
        return this.#asSeen(target)
      },
      remove: ({ id }, row) => this.#remove(id, row),
    })
  }

  async #asSeen(target: Target): Promise<ListedRecord> {
    const row = await this.requireById('certificate', target.id)
    const tag = tagOf(row)
    if (tag !== undefined) requireRevision(target, tag)
    return row
  }

  /** What is gone already is deleted all the same: 200, 204 and 404 all say so. */
  async #remove(id: string, row: ListedRecord): Promise<readonly Outcome[]> {
    const reply = await this.#link.ask({
      method: 'DELETE',
      id,
      headers: { 'If-Match': tagOf(row) ?? '*' },
    })
    // a page for 404 is no answer of the service: nobody knows what became of it
    if (reply.status !== 404 || isHtml(reply))
      this.#link.pass(reply, {
        thing: `certificate ${JSON.stringify(id)}`,
        ...(reply.status === 400 && { hint: 'a policy may use it: take it out of the policies first' }),
      })
    return []
  }

  #pages(filter: Filter, top?: number): AsyncIterable<readonly ListedRecord[]> {
    const narrowed = serviceFilter(filter, this.#link.now).filter
    if (isNone(narrowed)) return nothing()
    const text = printODataFilter(narrowed, this.#link.place.form === 'arm' ? 'name' : 'id') ?? ''
    const asked = text.length > MAX_FILTER ? '' : text
    return certificatePages(this.#link, { filter: asked, ...(top !== undefined && { top }) })
  }
}

const TELLING: Telling = { vendor: VENDOR, told: new Set([...TOLD_BY_ALL, 'name']) }

const tagOf = (row: ListedRecord): string | undefined =>
  typeof row['revision'] === 'string' ? row['revision'] : undefined

/** No larger page than is needed, where the order is the service's. */
function topOf({ limit, offset = 0, sort }: Query): number | undefined {
  const wanted = limit === undefined || sort.length > 0 ? PAGE : limit + offset
  return wanted > 0 && wanted < PAGE ? wanted : undefined
}

async function* nothing(): AsyncIterable<never> {
  // no page, no row
}
