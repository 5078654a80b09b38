import { candidates } from './complete/candidates.ts'
import { declare } from './declare.ts'

/** `certman __complete -- WORD…`: what may stand for the last word, one for each line. Never fails, never asks. */
export const verb = declare({
  name: '__complete',
  examples: [],
  args: [{ name: 'WORD', help: 'the words so far', optional: true, many: true }],
  options: {},
  run: async (ctx, { args }) => {
    const found = await candidates(ctx, args)
    await ctx.terminal.write(found.map((line) => `${line}\n`).join(''))
  },
})
