import { collect } from '../src/base/lists.ts'
import { EVERYTHING } from '../src/domain/filter.ts'
import type { ListedRecord, Store } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { safeText } from './render/safe.ts'

const nameOf = (row: ListedRecord): string => String(row['name'] ?? row.id)

/**
 * The authority that signs: the one named; the only one that is enabled; of several one is chosen where someone can
 * be asked. Otherwise undefined: the store says what is the matter, or the request has its authority already.
 */
export async function pickAuthority(
  ctx: Context,
  store: Store,
  named: string | undefined,
): Promise<string | undefined> {
  const { list, authorityIsFixed } = store.can
  if (named !== undefined || authorityIsFixed || !list.includes('authority')) return named
  const authorities = await collect(store.list('authority', EVERYTHING))
  const enabled = authorities.filter((row) => row['enabled'] === true)
  if (enabled.length === 1) return nameOf(enabled[0]!)
  if (enabled.length === 0 || !ctx.canAsk) return undefined
  return (await ctx.prompter()).choose(
    'which authority signs?',
    enabled.map((row) => ({
      value: nameOf(row),
      name: safeText(`${nameOf(row)}  ${String(row['subject'] ?? '')}`),
    })),
  )
}
