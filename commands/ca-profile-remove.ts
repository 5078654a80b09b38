import { declare } from './declare.ts'
import { emitDeed } from './outcome.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'ca profile remove',
  changes: true,
  needs: 'profiles',
  examples: [['certman ca profile remove corp', 'what was issued with it stays as it is']],
  args: [{ name: 'NAME', help: 'name of a profile of the store', completes: 'profile' }],
  options: {},
  run: (ctx, { args }) =>
    withStore(ctx, async (store) => {
      const outcome = await store.removeProfile(args[0]!, { dryRun: ctx.global.dryRun })
      await emitDeed(ctx, { outcomes: [outcome] })
    }),
})
