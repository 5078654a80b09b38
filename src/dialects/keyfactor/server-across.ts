import type { Filter, Sort } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import { compareRows } from '../../query/sort.ts'
import type { ListedRecord } from '../../store/store.ts'
import type { ServedStore } from '../house.ts'
import type { Desk } from './server-desk.ts'

/** A listing over several stores: one filter for each, one order, one window. */
export interface Across {
  readonly kind: RecordKind
  readonly stores: readonly ServedStore[]
  readonly filterOf: (served: ServedStore) => Promise<Filter>
  /** Empty: by number, which is store by store. */
  readonly sort: readonly Sort[]
  readonly limit: number
  readonly offset: number
}

/** A row, and where it lies. */
export interface Placed {
  readonly served: ServedStore
  readonly row: ListedRecord
}

/** A page, and how many there are in all. */
export interface Page {
  readonly rows: readonly Placed[]
  readonly total: number
}

/**
 * One page over all stores. By number, stores are read one after the other and only where the page lies; another order
 * takes the beginning of each.
 */
export async function pageAcross(desk: Desk, across: Across): Promise<Page> {
  const parts = await partsOf(desk, across)
  const rows: Placed[] = []
  for await (const placed of placedIn(desk, across, parts)) rows.push(placed)
  return { rows, total: parts.reduce((sum, { count }) => sum + count, 0) }
}

/** The same rows one by one, for answers that are made while they are sent. */
export async function* rowsAcross(desk: Desk, across: Across): AsyncGenerator<Placed> {
  yield* placedIn(desk, across, await partsOf(desk, across))
}

function partsOf(desk: Desk, across: Across): Promise<readonly Part[]> {
  const able = across.stores.filter(({ store }) => store.can.list.includes(across.kind))
  return Promise.all(
    able.map(async (served) => {
      const filter = await across.filterOf(served)
      const question = `count ${across.kind} ${JSON.stringify(filter)}`
      const count = await desk.asked.get(served, question, () => served.store.count(across.kind, { filter }))
      return { served, filter, count }
    }),
  )
}

interface Part {
  readonly served: ServedStore
  readonly filter: Filter
  readonly count: number
}

const isByNumber = (sort: readonly Sort[]): boolean => sort.length === 1 && sort[0]!.field === 'id'

function placedIn(desk: Desk, across: Across, parts: readonly Part[]): AsyncGenerator<Placed> {
  const { sort } = across
  if (isByNumber(sort)) return inTurn(across, sort[0]!.descending ? parts.toReversed() : parts)
  return sort.length === 0 || parts.length === 1 ? inTurn(across, parts) : merged(desk, across, parts)
}

async function* inTurn(across: Across, parts: readonly Part[]): AsyncGenerator<Placed> {
  let { offset, limit } = across
  for (const { served, filter, count } of parts) {
    if (limit <= 0) return
    if (offset >= count) {
      offset -= count
      continue
    }
    const query = { filter, sort: across.sort, offset, ...(limit < Infinity && { limit }) }
    for await (const row of served.store.list(across.kind, query)) {
      limit--
      yield { served, row }
    }
    offset = 0
  }
}

/** The first of what each store gives next, until the window is full: one row of each is held. */
async function* merged(desk: Desk, across: Across, parts: readonly Part[]): AsyncGenerator<Placed> {
  const wanted = across.offset + across.limit
  const compare = compareRows(across.sort, across.kind, desk.house.ambient.now())
  const lists = parts.map(({ served, filter }) => {
    const query = { filter, sort: across.sort, ...(wanted < Infinity && { limit: wanted }) }
    return { served, rows: served.store.list(across.kind, query)[Symbol.asyncIterator]() }
  })
  try {
    const heads = await Promise.all(lists.map(({ rows }) => rows.next()))
    for (let at = 0; at < wanted; at++) {
      const first = leastOf(heads, compare)
      if (first < 0) return
      const { served, rows } = lists[first]!
      if (at >= across.offset) yield { served, row: heads[first]!.value }
      heads[first] = await rows.next()
    }
  } finally {
    for (const { rows } of lists) await rows.return?.()
  }
}

/** Where the least of the heads is, the first of equals; -1 when all are at their end. */
function leastOf(
  heads: readonly IteratorResult<ListedRecord>[],
  compare: (a: ListedRecord, b: ListedRecord) => number,
): number {
  let least = -1
  for (const [at, head] of heads.entries())
    if (!head.done && (least < 0 || compare(head.value, heads[least]!.value) < 0)) least = at
  return least
}
