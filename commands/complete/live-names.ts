import { locateStore } from '../../src/operations/open-store.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { ListedRecord, Store } from '../../src/store/store.ts'
import type { Context } from '../context.ts'
import { textAt } from '../render/cells.ts'
import { safeText } from '../render/safe.ts'
import { handleOf } from '../references.ts'
import { storeRequest, withStore } from '../store-request.ts'

/** A shell shows no more anyway. */
const MOST = 200

const KINDS = {
  reference: 'certificate',
  request: 'request',
  'any-request': 'request',
  authority: 'authority',
  collection: 'collection',
} as const

/** Whose names are wanted. */
export type Where = keyof typeof KINDS | 'profile' | 'trash'

type Add = (row: JsonObject & { readonly id: string }) => void

/** Requests that wait: what is decided has no use for `sign` and `reject`. */
const waits = (where: Where, row: ListedRecord): boolean =>
  where !== 'request' || row['state'] === 'outstanding'

async function addNames(
  store: Store,
  { where, prefix, add }: { readonly where: Where; readonly prefix: string; readonly add: Add },
): Promise<void> {
  if (where === 'trash') return (await store.trash()).forEach(add)
  if (where === 'profile')
    return (await store.profiles()).forEach(({ profile: { name, summary } }) =>
      add({ id: name, subject: summary }),
    )
  const value = { type: 'text', value: prefix } as const
  const filter = { op: 'compare', field: 'name', operator: '^=', value } as const
  const query = { filter: prefix === '' ? ({ op: 'all' } as const) : filter, sort: [], limit: MOST }
  for await (const row of store.list(KINDS[where], query)) if (waits(where, row)) add(row)
}

/**
 * Names (where there are none, ids) of records that begin with `prefix`: certificates, waiting requests, authorities,
 * profiles, what lies in the trash. Nothing when the store cannot be read.
 */
export async function liveNames(ctx: Context, where: Where, prefix: string): Promise<string[]> {
  const found: string[] = []
  const add: Add = (row) => {
    const word = handleOf(row)
    if (word.startsWith(prefix)) found.push(`${word}\t${safeText(textAt(row, 'subject'))}`)
  }
  try {
    // a server is not called, and no secret is fetched, because somebody pressed a key
    if (locateStore(storeRequest(ctx)).remote) return found
    const silent = { ...ctx, terminal: { ...ctx.terminal, say: () => undefined } }
    await withStore(silent, (store) => addNames(store, { where, prefix, add }))
  } catch {
    // completion is a favour: no store, no candidates
  }
  return found
}
