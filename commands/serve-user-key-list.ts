import { getUser } from '../src/settings/user-changes.ts'
import { declare } from './declare.ts'
import { USER } from './options/arguments.ts'
import { USERS_OPTION } from './options/users.ts'
import { renderKeys } from './render/users.ts'
import { usersOf } from './serve-users.ts'

export const verb = declare({
  name: 'serve user key list',
  examples: [['certman serve user key list ci', 'ids, purposes, ends']],
  args: [USER],
  options: USERS_OPTION,
  run: (ctx, { args, options }) =>
    ctx.emit(renderKeys(ctx, getUser(usersOf(ctx, options).book.read(), args[0]!).apiKeys)),
})
