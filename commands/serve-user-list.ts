import { declare } from './declare.ts'
import { USERS_OPTION } from './options/users.ts'
import { renderUsers } from './render/users.ts'
import { usersOf } from './serve-users.ts'

export const verb = declare({
  name: 'serve user list',
  examples: [
    ['certman serve user list', 'names, roles, stores, credentials'],
    ['certman serve user list --json', 'the same for a script'],
  ],
  args: [],
  options: USERS_OPTION,
  run: async (ctx, { options }) => {
    const { file, book } = usersOf(ctx, options)
    const { users } = book.read()
    if (users.length === 0) ctx.terminal.say(`there is no user in ${file}`)
    await ctx.emit(renderUsers(ctx, users))
  },
})
