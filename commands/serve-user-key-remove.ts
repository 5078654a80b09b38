import { removeApiKey } from '../src/operations/serve/user-orders.ts'
import { declare } from './declare.ts'
import { USER } from './options/arguments.ts'
import { USERS_OPTION } from './options/users.ts'
import { rehearsing } from './serve-users.ts'
import { renderUserDeed } from './render/users.ts'

export const verb = declare({
  name: 'serve user key remove',
  changes: true,
  examples: [['certman serve user key remove ci 4d1f…', 'whoever has it is no longer let in']],
  args: [USER, { name: 'ID', help: 'id of the key: see certman serve user key list' }],
  options: USERS_OPTION,
  run: async (ctx, { args, options }) => {
    const user = await removeApiKey(rehearsing(ctx, options), args[0]!, args[1]!)
    await ctx.emit(renderUserDeed(user, { what: 'changed', dryRun: ctx.global.dryRun }))
  },
})
