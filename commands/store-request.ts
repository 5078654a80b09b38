import { dataFolder, openStore, type OpenRequest } from '../src/operations/open-store.ts'
import type { RemoteWorld } from '../src/operations/open-remote.ts'
import { requireAbility } from '../src/store/abilities.ts'
import type { Store } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { NEEDS } from './needs.ts'
import { safeText } from './render/safe.ts'

/**
 * The store that the global options name, as operations want to be asked for it.
 *
 * @param command the verb, for the lock and the change log
 */
export function storeRequest(ctx: Context, command: string): OpenRequest {
  return {
    reference: ctx.global.store,
    settings: ctx.settings,
    ambient: ctx.ambient,
    cwd: ctx.cwd,
    dataFolder: dataFolder({ env: ctx.ambient.env, platform: ctx.platform, home: ctx.home }),
    lockTimeoutMs: ctx.global.lockTimeoutMs,
    command,
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
export async function withStore<T>(
  ctx: Context,
  command: string,
  body: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStore(storeRequest(ctx, command))
  try {
    const need = NEEDS[command]
    if (need !== undefined) requireAbility(store, need)
    return await body(store)
  } finally {
    await store.close()
  }
}
