import { removeUser } from '../src/operations/serve/user-orders.ts'
import { memoryUserBook } from '../src/settings/user-records.ts'
import { getUser } from '../src/settings/user-changes.ts'
import { confirmDanger } from './confirm.ts'
import { declare } from './declare.ts'
import { USER } from './options/arguments.ts'
import { USERS_OPTION } from './options/users.ts'
import { rehearsing } from './serve-users.ts'
import { renderUserDeed } from './render/users.ts'

export const verb = declare({
  name: 'serve user remove',
  changes: true,
  examples: [['certman serve user remove ann', 'asks; then sessions and keys of ann are void']],
  args: [USER],
  options: USERS_OPTION,
  run: async (ctx, { args, options }) => {
    const book = rehearsing(ctx, options)
    const { name, role } = getUser(book.read(), args[0]!)
    await confirmDanger(ctx, {
      deed: 'take away',
      lines: [[`user ${name} (${role})`]],
      rehearse: () => removeUser(memoryUserBook(book.read()), name),
    })
    const gone = await removeUser(book, name)
    await ctx.emit(renderUserDeed(gone, { what: 'removed', dryRun: ctx.global.dryRun }))
  },
})
