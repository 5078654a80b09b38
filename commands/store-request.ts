import { dataFolder, openStore, type OpenRequest } from '../src/operations/open-store.ts'
import type { RemoteWorld } from '../src/operations/open-remote.ts'
import { requireAbility } from '../src/store/abilities.ts'
import type { Store } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { safeText } from './render/safe.ts'

/** The store that the global options name, as operations want to be asked for it. */
export function storeRequest(ctx: Context): OpenRequest {
  return {
    reference: ctx.global.store,
    settings: ctx.settings,
    ambient: ctx.ambient,
    cwd: ctx.cwd,
    dataFolder: dataFolder({ env: ctx.ambient.env, platform: ctx.platform, home: ctx.home }),
    lockTimeoutMs: ctx.global.lockTimeoutMs,
    command: ctx.verb.name,
    notice: (line) => ctx.terminal.say(line),
    remote: remoteWorld(ctx),
  }
}

/** What remote stores may ask and say. */
function remoteWorld(ctx: Context): RemoteWorld {
  const { terminal, platform } = ctx
  return {
    platform,
    readStdin: terminal.readStdin,
    ...(ctx.canAsk && {
      askSecret: async (question: string) => (await ctx.prompter()).password(safeText(question)),
    }),
    // asked for, so --quiet does not silence it
    ...(ctx.global.printRequest && { trace: (line: string) => terminal.draw(`${safeText(line)}\n`) }),
  }
}

/** Opens the store, refuses what it cannot do, lends it to `body`, closes it whatever happens. */
export async function withStore<T>(ctx: Context, body: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(storeRequest(ctx))
  try {
    if (ctx.verb.needs !== undefined) requireAbility(store, ctx.verb.needs)
    return await body(store)
  } finally {
    await store.close()
  }
}
