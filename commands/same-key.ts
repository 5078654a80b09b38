import { compare, type Filter } from '../src/domain/filter.ts'
import type { ListedRecord, Store } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { describeRow } from './confirm.ts'
import { at } from './render/cells.ts'

/** Keys that one filter asks for. */
const GROUP = 100
/** Certificates that are named; more are counted. */
const SHOWN = 10

/** Tells which valid certificates have the same key as those that were revoked because it is lost. */
export async function tellSameKey(ctx: Context, store: Store, rows: readonly ListedRecord[]): Promise<void> {
  const done = new Set(rows.map(({ id }) => id))
  const keys = [...new Set(rows.map((row) => at(row, 'publicKey.spkiHash')))].filter(
    (hash) => typeof hash === 'string',
  )
  const others: ListedRecord[] = []
  for (let start = 0; start < keys.length; start += GROUP) {
    const values = keys.slice(start, start + GROUP).map((value) => ({ type: 'text', value }) as const)
    const isCurrent = compare('expires', '>', { type: 'duration', seconds: 0 })
    const terms: Filter[] = [{ op: 'in', field: 'publicKey.spkiHash', values }, isCurrent]
    for await (const row of store.list('certificate', { filter: { op: 'and', terms }, sort: [] }))
      if (!done.has(row.id) && row['revocation'] === undefined) others.push(row)
  }
  if (others.length === 0) return
  ctx.terminal.say('the same key is in other certificates, which are not revoked:')
  for (const row of others.slice(0, SHOWN)) ctx.terminal.say(`  ${describeRow('certificate', row)}`)
  if (others.length > SHOWN) ctx.terminal.say(`  … and ${others.length - SHOWN} more`)
}
