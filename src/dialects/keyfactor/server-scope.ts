import {
  compare,
  type Comparison,
  EVERYTHING,
  type Filter,
  type FilterOperator,
  type FilterValue,
  NOTHING,
} from '../../domain/filter.ts'
import type { Claim, RecordKind } from '../../domain/records.ts'
import { collectionFilter } from '../../store/collection-filter.ts'
import type { Abilities, ListedRecord } from '../../store/store.ts'
import type { Access, ServedStore } from '../house.ts'
import { rowOfId } from '../row-of-id.ts'
import { forbidden, notFound } from './errors.ts'
import type { Desk } from './server-desk.ts'
import { numberParameter } from './server-request.ts'

const ALL = EVERYTHING.filter

/** Which certificates a call is about: stores, and a collection's filter. */
export interface Scope {
  readonly stores: readonly ServedStore[]
  readonly filter: Filter
}

/**
 * Who may do something nowhere in the scope is told so before anything is looked for: an answer would say what there is.
 *
 * @throws {WireFault} 403
 */
export function permitted<T extends Pick<Scope, 'stores'>>(desk: Desk, scope: T, claim: Claim): T {
  if (scope.stores.some(({ claims }) => claims.includes(claim))) return scope
  throw forbidden(desk.access.user.number)
}

/** A record and where it is. */
export interface Found {
  readonly served: ServedStore
  readonly row: ListedRecord
  readonly number: number
}

/**
 * The scope of the query parameters `collectionId` and `containerId`: of both, the collection counts. With neither, only
 * grants for everything count.
 *
 * @throws {WireFault} 403 for who is confined to other collections, 404
 */
export async function scopeOf(desk: Desk): Promise<Scope> {
  return scopeOfIds(
    desk,
    numberParameter(desk.call, 'collectionId'),
    numberParameter(desk.call, 'containerId'),
  )
}

/** The same for ids that came in a body. */
export async function scopeOfIds(desk: Desk, collectionId = 0, containerId = 0): Promise<Scope> {
  if (collectionId > 0) return collectionScope(desk, collectionId)
  const { access } = desk
  if (access.collections !== undefined) throw forbidden(access.user.number)
  if (containerId === 0) return { stores: access.stores, filter: ALL }
  const served = access.stores.find(({ number }) => number === containerId)
  if (!served) throw notFound(`Certificate store container ${containerId} was not found.`)
  return { stores: [served], filter: ALL }
}

async function collectionScope(desk: Desk, collectionId: number): Promise<Scope> {
  const { access } = desk
  const found = await findRecord(desk, 'collection', collectionId)
  const isOpen = found && isOpenCollection(access, found.row)
  if (!isOpen) throw access.collections ? forbidden(access.user.number) : missingCollection(collectionId)
  return { stores: [found.served], filter: collectionFilter(found.row) }
}

/** Whether a collection is open to a user, who may be confined to numbers or names of collections. */
export const isOpenCollection = (
  { collections }: Pick<Access, 'collections'>,
  { id, name }: ListedRecord,
): boolean => collections === undefined || collections.includes(id) || collections.includes(String(name))

const missingCollection = (id: number): Error => notFound(`Certificate collection ${id} was not found.`)

/** The first store that can do something; where none can, the first of all, which then says so. */
export const firstThat = ({ access }: Desk, can: (abilities: Abilities) => boolean): ServedStore =>
  access.stores.find(({ store }) => can(store.can)) ?? access.stores[0]!

/** An authority as the vendor's answers name it. */
interface NamedAuthority {
  readonly id: string
  readonly name: string
  readonly isEnabled: boolean
}

/** The authorities of a store by their logical names; none of a store that does not list them. */
export async function* authoritiesIn({ store }: ServedStore): AsyncIterable<NamedAuthority> {
  if (!store.can.list.includes('authority')) return
  for await (const { id, name, enabled } of store.list('authority', EVERYTHING))
    yield { id, name: String(name ?? id), isEnabled: enabled !== false }
}

/** A record of a store with its number on the wire. */
export const foundIn = (
  { numbers }: Pick<Desk, 'numbers'>,
  kind: RecordKind,
  { served, row }: Omit<Found, 'number'>,
): Found => ({ served, row, number: numbers.numberOf(served, kind, row.id) })

/** The record of a number among the stores that are open; undefined when there is none, also for what is no number. */
export const findRecord = (
  desk: Desk,
  kind: RecordKind,
  number: number | undefined,
): Promise<Found | undefined> => findAmong(desk, desk.access.stores, { kind, number })

/** The same among some of the stores. */
export async function findAmong(
  desk: Desk,
  stores: readonly ServedStore[],
  { kind, number }: { readonly kind: RecordKind; readonly number: number | undefined },
): Promise<Found | undefined> {
  const numbered = number === undefined ? undefined : await desk.numbers.find(stores, kind, number)
  if (number === undefined || !numbered) return undefined
  const { served, id } = numbered
  const row = await rowOfId(served.store, kind, id)
  return row && { served, row, number }
}

const NUMBERED: Readonly<Record<string, RecordKind>> = { id: 'certificate', requestId: 'request' }

/** A filter whose numbers are those of the wire, as one store understands it. */
export async function localFilter(
  desk: Pick<Desk, 'numbers'> & { readonly kinds?: Readonly<Record<string, RecordKind>> },
  served: ServedStore,
  filter: Filter,
): Promise<Filter> {
  switch (filter.op) {
    case 'and':
    case 'or':
      return {
        op: filter.op,
        terms: await Promise.all(filter.terms.map((term) => localFilter(desk, served, term))),
      }
    case 'not':
      return { op: 'not', term: await localFilter(desk, served, filter.term) }
    case 'compare': {
      const kind = (desk.kinds ?? NUMBERED)[filter.field]
      return kind === undefined ? filter : localComparison(desk, { served, kind, filter })
    }
    default:
      return filter
  }
}

interface LocalComparison {
  readonly served: ServedStore
  readonly kind: RecordKind
  readonly filter: Comparison
}

async function localComparison(
  { numbers }: Pick<Desk, 'numbers'>,
  { served, kind, filter }: LocalComparison,
): Promise<Filter> {
  const { field, operator, value } = filter
  const number = numberIn(value)
  if (number === undefined) return filter
  if (operator === '=' || operator === '!=') {
    const found = await numbers.find([served], kind, number)
    if (!found) return operator === '=' ? NOTHING : ALL
    return compare(field, operator, { type: 'text', value: found.id })
  }
  const local = numbers.localNumber(served, number)
  if (local < 0) return isUpwards(operator) ? ALL : NOTHING
  return compare(field, operator, { type: 'text', value: String(local) })
}

const isUpwards = (operator: FilterOperator): boolean => operator === '>' || operator === '>='

function numberIn(value: FilterValue): number | undefined {
  const text = value.type === 'text' || value.type === 'number' ? String(value.value) : ''
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

/** Both filters. */
export function both(a: Filter, b: Filter): Filter {
  if (a.op === 'all') return b
  return b.op === 'all' ? a : { op: 'and', terms: [a, b] }
}
