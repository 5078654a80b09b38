import { declare } from './declare.ts'
import { helpText } from './help/text.ts'

export const verb = declare({
  name: 'help',
  examples: [
    ['certman help import', 'the same as certman import --help'],
    ['certman help filter', 'the filter language'],
    ['certman help exit-status', 'what each exit status means'],
  ],
  args: [
    {
      name: 'WORD',
      help: 'a verb, or one of: filter, formats, exit-status, references, passwords, settings',
      optional: true,
      many: true,
      completes: 'topic',
    },
  ],
  options: {},
  run: async (ctx, { args }) => {
    const name = args.length > 0 ? args.join(' ') : undefined
    await ctx.terminal.write(await helpText(name, ctx.terminal.columns))
  },
})
