import type { Context } from './context.ts'
import type { Argument } from './declare.ts'

/** A store as an argument instead of `--store`. */
export const STORE_ARGUMENT: Argument = {
  name: 'STORE',
  help: 'a configured name or a folder (default: the store in use)',
  optional: true,
  completes: 'store',
}

/** The context with the store that the argument names, if it does. */
export const atStore = (ctx: Context, store: string | undefined): Context =>
  store === undefined
    ? ctx
    : { ...ctx, global: { ...ctx.global, store, typed: { ...ctx.global.typed, store } } }
