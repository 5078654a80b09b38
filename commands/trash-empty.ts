import { confirmDanger, describeCells } from './confirm.ts'
import { declare } from './declare.ts'
import { emitOutcomes } from './outcome.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'trash empty',
  changes: true,
  needs: 'trash',
  examples: [
    ['certman trash empty', 'shows what would be lost, and asks'],
    ['certman trash empty --yes', 'without a question'],
  ],
  about: ['This is the only verb that destroys anything. It cannot be undone.'],
  args: [],
  options: {},
  run: (ctx) =>
    withStore(ctx, async (store) => {
      const rows = await store.trash()
      await confirmDanger(ctx, {
        deed: 'destroy for good',
        lines: rows.map((row) => describeCells(String(row['kind'] ?? 'record'), row)),
        rehearse: () => store.emptyTrash({ dryRun: true }),
      })
      const outcomes = await store.emptyTrash({ dryRun: ctx.global.dryRun })
      await emitOutcomes(ctx, outcomes)
    }),
})
