import { CertmanError } from '../src/base/errors.ts'
import { changeUser } from '../src/operations/serve/user-orders.ts'
import { declare, flag } from './declare.ts'
import { USER } from './options/arguments.ts'
import { rehearsing } from './serve-users.ts'
import { renderUserDeed } from './render/users.ts'
import { readUserOrder, USER_OPTIONS } from './user-order.ts'

export const verb = declare({
  name: 'serve user edit',
  changes: true,
  examples: [
    ['certman serve user edit ann --role manager', 'another role, at once'],
    ['certman serve user edit ann --password-file new', 'another password; her sessions end'],
    ["certman serve user edit ann --store '' --claims ''", 'all stores, and the claims of the role'],
    ['certman serve user edit apim --no-sas', 'the shared access keys are void'],
  ],
  args: [USER],
  options: {
    ...USER_OPTIONS,
    noPassword: flag('take the password away'),
    noSas: flag('take the shared access keys away'),
  },
  run: async (ctx, { args, options }) => {
    const name = args[0]!
    const given = await readUserOrder(ctx, name, options)
    const order = {
      ...given,
      ...(options.noPassword && { password: null }),
      ...(options.noSas && { sas: null }),
    }
    if (Object.keys(order).length === 0)
      throw new CertmanError('cli.usage', 'serve user edit: nothing to change', {
        hint: 'see what can be changed: certman serve user edit --help',
      })
    const { user, secrets } = await changeUser(rehearsing(ctx, options), { ...order, name }, ctx.ambient)
    await ctx.emit(renderUserDeed(user, { what: 'changed', secrets, dryRun: ctx.global.dryRun }))
  },
})
