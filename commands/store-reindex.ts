import type { JsonObject } from '../src/base/json.ts'
import { checkStore } from '../src/operations/check-store.ts'
import { reindexStore } from '../src/operations/reindex-store.ts'
import { declare } from './declare.ts'
import { storeRequest } from './store-request.ts'
import { atStore, STORE_ARGUMENT } from './store-argument.ts'
import { renderCheck, renderReindex } from './render/store.ts'

export const verb = declare({
  name: 'store reindex',
  examples: [
    ['certman store reindex', 'the store in use'],
    [
      'cp new.pem ./pki/certificates/ && certman store reindex ./pki',
      'adopt a file that was put into the folder',
    ],
  ],
  changes: true,
  about: ['With --dry-run it says what store check finds, and leaves everything as it is.'],
  args: [STORE_ARGUMENT],
  options: {},
  run: async (ctx, { args }) => {
    const there = atStore(ctx, args[0])
    const request = storeRequest(there)
    if (ctx.global.dryRun) return ctx.emit(renderCheck(await checkStore(request), there.global.typed))
    const report = await reindexStore(request)
    const shown = renderReindex(report)
    await ctx.emit({ ...shown, json: { ...(shown.json as JsonObject), outcome: 'changed' } })
  },
})
