import { collect } from '../src/base/lists.ts'
import type { Query } from '../src/domain/filter.ts'
import { toPredicate } from '../src/query/predicate.ts'
import { compareRows } from '../src/query/sort.ts'
import type { ListedRecord, Store } from '../src/store/store.ts'
import type { Context } from './context.ts'

/** What should be renewed and fits the query, the most urgent first unless a sort says otherwise: only a sort reads all of it. */
export async function* dueRows(ctx: Context, store: Store, query: Query): AsyncIterable<ListedRecord> {
  const now = ctx.ambient.now()
  const { sort, offset = 0, limit = Infinity } = query
  const fitting = fittingRows(store.due(), toPredicate(query.filter, 'certificate', now))
  const rows =
    sort.length > 0 ? (await collect(fitting)).sort(compareRows(sort, 'certificate', now)) : fitting
  if (limit === 0) return
  let place = 0
  for await (const row of rows) {
    if (place++ >= offset) yield row
    if (place >= offset + limit) return
  }
}

async function* fittingRows(
  rows: AsyncIterable<ListedRecord>,
  fits: (row: ListedRecord) => boolean,
): AsyncIterable<ListedRecord> {
  for await (const row of rows) if (fits(row)) yield row
}
