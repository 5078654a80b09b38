import { parseReferences } from '../src/domain/reference.ts'
import { resolveTrashed } from '../src/operations/resolve-targets.ts'
import { declare, flag } from './declare.ts'
import { emitOutcomes } from './outcome.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'restore',
  changes: true,
  needs: 'trash',
  examples: [
    ['certman restore web', 'by the name that it had'],
    ['certman restore 3 requests/4', 'by id'],
    ['certman trash list', 'what can be restored'],
  ],
  args: [{ name: 'REF', help: 'ids, names, fingerprints in the trash', many: true, completes: 'trash' }],
  options: { replace: flag('take a name that is taken meanwhile: the other certificate becomes superseded') },
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      const targets = await resolveTrashed(store, parseReferences(args))
      const outcomes = await store.restore(
        targets.map(({ target }) => target),
        { dryRun: ctx.global.dryRun, replace: options.replace },
      )
      await emitOutcomes(ctx, outcomes)
    }),
})
