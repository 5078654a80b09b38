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

/** A page, and how many there are in all. */
export interface Page {
  readonly rows: readonly { readonly served: ServedStore; readonly row: ListedRecord }[]
  readonly total: number
}

/**
 * One page over all stores. By number, stores are read one after the other and only where the page lies; another order
 * takes the beginning of each.
 */
export async function pageAcross(desk: Desk, across: Across): Promise<Page> {
  const able = across.stores.filter(({ store }) => store.can.list.includes(across.kind))
  const parts = await Promise.all(
    able.map(async (served) => {
      const filter = await across.filterOf(served)
      const question = `count ${across.kind} ${JSON.stringify(filter)}`
      const count = await desk.asked.get(served, question, () => served.store.count(across.kind, { filter }))
      return { served, filter, count }
    }),
  )
  const total = parts.reduce((sum, { count }) => sum + count, 0)
  return { rows: await rowsOf(desk, across, parts), total }
}

interface Part {
  readonly served: ServedStore
  readonly filter: Filter
  readonly count: number
}

type Rows = { readonly served: ServedStore; readonly row: ListedRecord }[]

const isByNumber = (sort: readonly Sort[]): boolean => sort.length === 1 && sort[0]!.field === 'id'

function rowsOf(desk: Desk, across: Across, parts: readonly Part[]): Promise<Rows> {
  const { sort } = across
  if (isByNumber(sort)) return inTurn(across, sort[0]!.descending ? parts.toReversed() : parts)
  return sort.length === 0 || parts.length === 1 ? inTurn(across, parts) : merged(desk, across, parts)
}

async function inTurn(across: Across, parts: readonly Part[]): Promise<Rows> {
  const rows: Rows = []
  let { offset } = across
  for (const { served, filter, count } of parts) {
    if (rows.length >= across.limit) break
    if (offset >= count) {
      offset -= count
      continue
    }
    const limit = across.limit - rows.length
    const query = { filter, sort: across.sort, limit, offset }
    for await (const row of served.store.list(across.kind, query)) rows.push({ served, row })
    offset = 0
  }
  return rows
}

async function merged(desk: Desk, across: Across, parts: readonly Part[]): Promise<Rows> {
  const rows: Rows = []
  const wanted = across.offset + across.limit
  for (const { served, filter } of parts) {
    const query = { filter, sort: across.sort, limit: wanted }
    for await (const row of served.store.list(across.kind, query)) rows.push({ served, row })
  }
  const compare = compareRows(across.sort, across.kind, desk.house.ambient.now())
  return rows.sort((a, b) => compare(a.row, b.row)).slice(across.offset, wanted)
}
