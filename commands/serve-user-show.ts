import { getUser } from '../src/settings/user-changes.ts'
import { declare } from './declare.ts'
import { USER } from './options/arguments.ts'
import { USERS_OPTION } from './options/users.ts'
import { renderUser } from './render/users.ts'
import { usersOf } from './serve-users.ts'

export const verb = declare({
  name: 'serve user show',
  examples: [['certman serve user show ann', 'everything but the secrets']],
  args: [USER],
  options: USERS_OPTION,
  run: (ctx, { args, options }) =>
    ctx.emit(renderUser(ctx, getUser(usersOf(ctx, options).book.read(), args[0]!))),
})
