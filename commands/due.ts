import { collect } from '../src/base/lists.ts'
import type { Query } from '../src/domain/filter.ts'
import { toPredicate } from '../src/query/predicate.ts'
import { compareRows } from '../src/query/sort.ts'
import type { ListedRecord, Store } from '../src/store/store.ts'
import type { Context } from './context.ts'

/** What should be renewed and fits the query, the most urgent first unless a sort says otherwise. */
export async function* dueRows(ctx: Context, store: Store, query: Query): AsyncIterable<ListedRecord> {
  const now = ctx.ambient.now()
  const fits = toPredicate(query.filter, 'certificate', now)
  const rows = (await collect(store.due())).filter(fits)
  if (query.sort.length > 0) rows.sort(compareRows(query.sort, 'certificate', now))
  const from = query.offset ?? 0
  yield* rows.slice(from, query.limit === undefined ? undefined : from + query.limit)
}
