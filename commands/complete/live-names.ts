import type { Context } from '../context.ts'
import { withStore } from '../store-request.ts'

/** A shell shows no more anyway. */
const MOST = 200

/** Names (where there are none, ids) of certificates that begin with `prefix`; nothing when the store cannot be read. */
export async function liveNames(
  ctx: Context,
  where: 'reference' | 'trash',
  prefix: string,
): Promise<string[]> {
  const found: string[] = []
  const add = (row: { readonly id: string; readonly [field: string]: unknown }): void => {
    const word = typeof row['name'] === 'string' ? row['name'] : row.id
    if (word.startsWith(prefix)) found.push(`${word}\t${String(row['subject'] ?? '')}`)
  }
  try {
    const silent = { ...ctx, terminal: { ...ctx.terminal, say: () => undefined } }
    await withStore(silent, '__complete', async (store) => {
      if (where === 'trash') return (await store.trash()).forEach(add)
      const filter = {
        op: 'compare',
        field: 'name',
        operator: '^=',
        value: { type: 'text', value: prefix },
      } as const
      for await (const row of store.list('certificate', {
        filter: prefix === '' ? { op: 'all' } : filter,
        sort: [],
        limit: MOST,
      }))
        add(row)
    })
  } catch {
    // completion is a favour: no store, no candidates
  }
  return found
}
