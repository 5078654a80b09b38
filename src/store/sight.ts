import type { JsonObject } from '../base/json.ts'
import { EVERYTHING, fieldIs, type Filter, type Query } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { collectionFilter } from './collection-filter.ts'
import { toPredicate } from '../query/predicate.ts'
import type { ListedRecord, Store } from './store.ts'

/** What of a store one user sees. */
export interface SightLimits {
  readonly user: string
  /** Own requests and the certificates issued for them only. */
  readonly ownOnly: boolean
  /** Numbers or names of collections: certificates that fit one of them only, and own requests. */
  readonly collections?: readonly string[]
}

const ALL: Filter = { op: 'all' }
const NONE: Filter = { op: 'not', term: ALL }

/** Half of what SQLite takes as parameters of one statement. */
const MOST_VALUES = 16_000

/** Narrows a store to what one user may see. */
export class Sight {
  readonly #store: Store
  readonly #limits: SightLimits
  readonly #now: () => Date

  constructor(store: Store, limits: SightLimits, now: () => Date) {
    this.#store = store
    this.#limits = limits
    this.#now = now
  }

  /** Whether this kind of record is seen in part only. */
  isPartial(kind: RecordKind): boolean {
    const { ownOnly, collections } = this.#limits
    return (ownOnly || collections !== undefined) && ['certificate', 'request', 'key'].includes(kind)
  }

  /** Whether anything is seen in part only. */
  get isLimited(): boolean {
    return this.isPartial('certificate')
  }

  /** The rows of a listing that are seen, in its order and window. */
  async *list(kind: RecordKind, query: Query): AsyncIterable<ListedRecord> {
    if (!this.isPartial(kind)) return yield* this.#store.list(kind, query)
    const filter = kind === 'key' ? undefined : await this.#filter(kind)
    if (filter) return yield* this.#store.list(kind, { ...query, filter: both(query.filter, filter) })
    yield* this.#sifted(kind, query)
  }

  async count(kind: RecordKind, filter: Filter): Promise<number> {
    const narrowed = kind === 'key' || !this.isPartial(kind) ? undefined : await this.#filter(kind)
    if (narrowed) return this.#store.count(kind, { filter: both(filter, narrowed) })
    if (!this.isPartial(kind)) return this.#store.count(kind, { filter })
    let count = 0
    for await (const _row of this.#sifted(kind, { ...EVERYTHING, filter })) count++
    return count
  }

  /** Whether a row of the store is seen. */
  async sees(kind: RecordKind, row: JsonObject & { readonly id?: string }): Promise<boolean> {
    if (!this.isPartial(kind)) return true
    if (kind === 'request') return fits(await this.#filter('request'), { kind, row, now: this.#now() })
    if (kind === 'key') return this.#seesKey(String(row['id']))
    const { ownOnly, collections } = this.#limits
    const now = this.#now()
    if (collections && !fits(await this.#ofCollections(collections), { kind, row, now })) return false
    return !ownOnly || this.#isOwn(row['requestId'])
  }

  /** Whether the store has a record with that value in a field, and the user does not see it. */
  async hides(kind: RecordKind, field: string, value: string): Promise<boolean> {
    if (!this.isPartial(kind) || !this.#store.can.list.includes(kind)) return false
    const filter = fieldIs(field, value)
    const there = await this.#store.count(kind, { filter })
    return there > 0 && (await this.count(kind, filter)) < there
  }

  /** What no filter can say in one statement: each row is looked at. */
  async *#sifted(kind: RecordKind, query: Query): AsyncIterable<ListedRecord> {
    const { offset = 0, limit = Infinity, ...whole } = query
    let seen = 0
    if (limit === 0) return
    for await (const row of this.#store.list(kind, whole)) {
      if (!(await this.sees(kind, row))) continue
      if (seen++ < offset) continue
      yield row
      if (seen >= offset + limit) return
    }
  }

  /** Undefined: too much for one statement. */
  async #filter(kind: RecordKind): Promise<Filter | undefined> {
    const { user, ownOnly, collections } = this.#limits
    if (kind === 'request') return fieldIs('requestedBy', user)
    const wanted = collections ? await this.#ofCollections(collections) : ALL
    if (!ownOnly) return wanted
    const ids: string[] = []
    for await (const { id } of this.#store.list('request', {
      ...EVERYTHING,
      filter: fieldIs('requestedBy', user),
    }))
      if (ids.push(id) > MOST_VALUES) return undefined
    const values = ids.map((value) => ({ type: 'text', value }) as const)
    return ids.length === 0 ? NONE : both(wanted, { op: 'in', field: 'requestId', values })
  }

  async #isOwn(requestId: unknown): Promise<boolean> {
    if (typeof requestId !== 'string') return false
    const filter = both(fieldIs('id', requestId), fieldIs('requestedBy', this.#limits.user))
    return (await this.#store.count('request', { filter })) > 0
  }

  /**
   * A certificate of the collections shows its key. An own request does where nobody else has the key: anybody can ask
   * once more with a public key, before or after its owner.
   */
  async #seesKey(keyId: string): Promise<boolean> {
    const filter = fieldIs('keyId', keyId)
    if (!this.#limits.ownOnly && (await this.count('certificate', filter)) > 0) return true
    const own = await this.count('request', filter)
    if (own === 0 || own < (await this.#store.count('request', { filter }))) return false
    for await (const { requestId } of this.#store.list('certificate', { ...EVERYTHING, filter }))
      if (!(await this.#isOwn(requestId))) return false
    return true
  }

  /** A collection that is gone shows nothing. */
  async #ofCollections(wanted: readonly string[]): Promise<Filter> {
    const filters: Filter[] = []
    for await (const row of this.#store.list('collection', EVERYTHING))
      if (wanted.includes(row.id) || wanted.includes(String(row['name']))) filters.push(collectionFilter(row))
    return filters.length === 0 ? NONE : { op: 'or', terms: filters }
  }
}

const both = (one: Filter, other: Filter): Filter => ({ op: 'and', terms: [one, other] })

const fits = (
  filter: Filter | undefined,
  { kind, row, now }: { readonly kind: RecordKind; readonly row: JsonObject; readonly now: Date },
): boolean => filter !== undefined && toPredicate(filter, kind, now)(row)
