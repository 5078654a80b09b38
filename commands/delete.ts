import { parseReferences } from '../src/domain/reference.ts'
import { resolveTargets } from '../src/operations/resolve-targets.ts'
import { confirmDanger, describeCells, describeRow } from './confirm.ts'
import { declare } from './declare.ts'
import { REFERENCES } from './options/arguments.ts'
import { emitOutcomes } from './outcome.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'delete',
  changes: true,
  needs: 'delete',
  examples: [
    ['certman delete web', 'asks, then moves the certificate to the trash'],
    ['certman delete 3 4 5 --yes', 'several at once, without a question'],
    ['certman delete requests/3', 'a request; keys/… is a private key'],
    ['certman delete web --dry-run', 'what would happen'],
  ],
  about: [
    'In a directory store nothing is destroyed: certman restore brings a record back, until certman trash empty. ' +
      'All references are looked up before anything is done. A server has no trash: there it is gone, and the ' +
      'question says so.',
  ],
  args: [REFERENCES],
  options: {},
  run: (ctx, { args }) =>
    withStore(ctx, async (store) => {
      const targets = await resolveTargets(store, parseReferences(args))
      const named = targets.map(({ target }) => target)
      await confirmDanger(ctx, {
        deed: store.can.trash ? 'move to the trash' : 'delete for good (there is no trash here)',
        lines: targets.map(({ target, row }) => describeCells(target.kind, row)),
        rehearse: () => store.delete(named, { dryRun: true }),
        also: (rehearsed = []) =>
          rehearsed
            .filter(({ kind, id }) => !named.some((each) => each.kind === kind && each.id === id))
            .map(
              ({ kind, what, row }) =>
                `${describeRow(kind, row)}${what === 'unkeyed' ? ' loses its key' : ''}`,
            ),
      })
      const outcomes = await store.delete(named, { dryRun: ctx.global.dryRun })
      await emitOutcomes(ctx, outcomes, store.can.trash)
    }),
})
