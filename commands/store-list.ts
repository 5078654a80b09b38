import { locateStore } from '../src/operations/open-store.ts'
import { declare } from './declare.ts'
import { storeRequest } from './store-request.ts'
import { renderStores } from './render/store.ts'

/** `certman store list`. */
export const storeList = declare({
  name: 'store list',
  summary: 'list the configured stores',
  examples: [
    ['certman store list', 'names and places; the default has a star'],
    ['certman store list --json', 'the same for a script'],
  ],
  args: [],
  options: {},
  run: async (ctx) => {
    const { path } = locateStore(storeRequest(ctx, 'store list'))
    const rows = Object.entries(ctx.settings.stores).map(([name, store]) => ({
      name,
      kind: 'directory',
      location: store.path,
      default: store.path === path,
    }))
    if (rows.length === 0) ctx.terminal.say(`no store is configured; the store in use is ${path}`)
    await ctx.emit(renderStores(rows, path))
  },
})
