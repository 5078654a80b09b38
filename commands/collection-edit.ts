import { CertmanError } from '../src/base/errors.ts'
import { declare, present, text } from './declare.ts'
import { findRecord } from './found-record.ts'
import { emitOutcomes } from './outcome.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'collection edit',
  changes: true,
  examples: [
    ["certman collection edit web --filter 'tag = web'", 'other certificates belong to it'],
    ["certman collection edit web --name www --description ''", 'another name, no description'],
  ],
  args: [{ name: 'NAME', help: 'name or id of the collection', completes: 'collection' }],
  options: {
    name: text('NAME', 'the new name'),
    filter: text('FILTER', 'which certificates belong to it: certman help filter'),
    description: text('TEXT', 'what it is for; an empty text removes it'),
  },
  run: async (ctx, { args, options }) => {
    const { name, filter, description } = options
    const edit = present({ name, filter, description: description === '' ? null : description })
    if (Object.keys(edit).length === 0)
      throw new CertmanError('cli.usage', 'collection edit: nothing to change', {
        hint: 'give --name, --filter or --description',
      })
    await withStore(ctx, async (store) => {
      const target = await findRecord(store, 'collection', args[0]!)
      const outcome = await store.editCollection(target, edit, { dryRun: ctx.global.dryRun })
      await emitOutcomes(ctx, [outcome])
    })
  },
})
