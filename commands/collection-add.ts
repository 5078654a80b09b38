import { CertmanError } from '../src/base/errors.ts'
import { declare, present, text } from './declare.ts'
import { emitOutcomes } from './outcome.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'collection add',
  changes: true,
  examples: [
    ["certman collection add web --filter 'san ~ corp.example'", 'then: certman list --collection web'],
    ['certman serve user add ann --role reader --collection web', 'what of a server somebody sees'],
  ],
  about: [
    'It holds whatever fits at the moment of the question: certman help filter. certman delete takes it away.',
  ],
  args: [{ name: 'NAME', help: 'its name' }],
  options: {
    filter: text('FILTER', 'which certificates belong to it: certman help filter'),
    description: text('TEXT', 'what it is for'),
  },
  run: async (ctx, { args, options }) => {
    const { filter, description } = options
    if (filter === undefined)
      throw new CertmanError('cli.usage', 'collection add: which certificates?', {
        hint: "give --filter, such as --filter 'tag = web'",
        field: 'filter',
      })
    await withStore(ctx, async (store) => {
      const collection = present({ name: args[0]!, filter, description })
      const outcome = await store.addCollection(collection, { dryRun: ctx.global.dryRun })
      await emitOutcomes(ctx, [outcome])
    })
  },
})
