import type { Query } from '../src/domain/filter.ts'
import type { RecordKind } from '../src/domain/records.ts'
import type { ListedRecord, Store } from '../src/store/store.ts'
import type { Context } from './context.ts'

/** Prints a listing in the form that was asked for; answers how many records there were. */
export async function printList(
  ctx: Context,
  what: { readonly kind: RecordKind; readonly query: Query },
  store: Store,
): Promise<number> {
  let found = 0
  const rows: ListedRecord[] = []
  for await (const row of store.list(what.kind, what.query)) {
    found++
    rows.push(row)
  }
  await ctx.emit({
    json: rows,
    text: () =>
      rows.map((r) => `${r.id}\t${String(r['name'] ?? '')}\t${String(r['subject'] ?? '')}`).join('\n'),
  })
  return found
}
