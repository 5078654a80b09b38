import { RECORD_KINDS } from '../src/domain/records.ts'
import { locateStore } from '../src/operations/open-store.ts'
import { declare, flag } from './declare.ts'
import { atStore, STORE_ARGUMENT } from './store-argument.ts'
import { storeRequest, withStore } from './store-request.ts'
import { renderStore } from './render/store.ts'

export const verb = declare({
  name: 'store show',
  examples: [
    ['certman store show', 'the store in use'],
    ['certman store show ./pki --json', 'any other'],
    ['certman store show kf', 'a server: what it can do and cannot, and whether it answers and lets us in'],
  ],
  about: [
    'A server is asked who it is: the exit status is 7 when it cannot be reached, 8 when it does not let us in. ' +
      'Where the secret comes from is shown, never the secret.',
  ],
  args: [STORE_ARGUMENT],
  options: { noCheck: flag('do not talk to the server') },
  run: async (ctx, { args, options }) => {
    const there = atStore(ctx, args[0])
    const { remote: place, name } = locateStore(storeRequest(there))
    if (place)
      return (await import('./store-show-remote.ts')).showRemote(there, { name, place }, !options.noCheck)
    return withStore(there, async (store) => {
      const info = await store.info()
      const counts: Record<string, number> = {}
      for (const kind of RECORD_KINDS)
        if (store.can.list.includes(kind)) counts[kind] = await store.count(kind, { filter: { op: 'all' } })
      await ctx.emit(renderStore(ctx, info, { can: store.can, counts }))
    })
  },
})
