import { locateStore } from '../src/operations/open-store.ts'
import { isRemotePlace, locationOf } from '../src/settings/remote-place.ts'
import { declare } from './declare.ts'
import { storeRequest } from './store-request.ts'
import { renderStores } from './render/store.ts'

export const verb = declare({
  name: 'store list',
  examples: [
    ['certman store list', 'names, kinds and places; the default has a star'],
    ['certman store list --json', 'the same for a script'],
  ],
  args: [],
  options: {},
  run: async (ctx) => {
    const used = locateStore(storeRequest(ctx))
    const rows = Object.entries(ctx.settings.stores).map(([name, store]) => ({
      name,
      kind: isRemotePlace(store) ? store.kind : 'directory',
      location: locationOf(store),
      default: used.how === 'name' ? name === used.name : locationOf(store) === used.path,
    }))
    if (rows.length === 0) ctx.terminal.say(`no store is configured; the store in use is ${used.path}`)
    await ctx.emit(renderStores(ctx, rows))
  },
})
