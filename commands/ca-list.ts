import { listFilter } from '../src/query/shortcuts.ts'
import { declare, present, text } from './declare.ts'
import { nothingListed } from './nothing-listed.ts'
import { printList } from './print-list.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'ca list',
  examples: [
    ['certman ca list', 'name, subject, end, CRL'],
    ['certman ca list -o wide', 'with the key, the certificate and what was issued'],
  ],
  args: [],
  options: { filter: text('EXPR', 'only what fits, such as "enabled = true" (certman help filter)') },
  run: (ctx, { options }) =>
    withStore(ctx, async (store) => {
      const filter = listFilter(present({ filter: options.filter }), 'authority')
      const rows = store.list('authority', { filter, sort: [] })
      const nothing = nothingListed('authority', store.can, options.filter !== undefined)
      await printList(ctx, { kind: 'authority', nothing, rows })
    }),
})
