import { declare } from './declare.ts'
import { printList } from './print-list.ts'
import { withStore } from './store-request.ts'

/** `certman trash list`. */
export const trashList = declare({
  name: 'trash list',
  summary: 'list what lies in the trash',
  examples: [
    ['certman trash list', 'newest first'],
    ['certman restore 3', 'bring one back'],
  ],
  args: [],
  options: {},
  run: (ctx) =>
    withStore(ctx, 'trash list', async (store) => {
      const rows = await store.trash()
      await printList(ctx, { kind: 'certificate', rows, nothing: 'the trash is empty' })
    }),
})
