import { RECORD_KINDS } from '../src/domain/records.ts'
import { declare } from './declare.ts'
import { atStore, STORE_ARGUMENT } from './store-argument.ts'
import { withStore } from './store-request.ts'
import { renderStore } from './render/store.ts'

/** `certman store show`. */
export const storeShow = declare({
  name: 'store show',
  summary: 'show a store: where it is, what it holds, what it permits',
  examples: [
    ['certman store show', 'the store in use'],
    ['certman store show ./pki --json', 'any other'],
  ],
  args: [STORE_ARGUMENT],
  options: {},
  run: (ctx, { args }) =>
    withStore(atStore(ctx, args[0]), 'store show', async (store) => {
      const info = await store.info()
      const counts: Record<string, number> = {}
      for (const kind of RECORD_KINDS)
        if (store.can.list.includes(kind)) counts[kind] = await store.count(kind, { filter: { op: 'all' } })
      await ctx.emit(renderStore(info, undefined, { can: store.can, counts }))
    }),
})
