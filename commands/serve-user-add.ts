import { CertmanError } from '../src/base/errors.ts'
import { USER_ROLES } from '../src/domain/role.ts'
import { addUser } from '../src/operations/serve/user-orders.ts'
import { declare } from './declare.ts'
import { rehearsing } from './serve-users.ts'
import { renderUserDeed } from './render/users.ts'
import { readUserOrder, USER_OPTIONS, withCredential } from './user-order.ts'

export const verb = declare({
  name: 'serve user add',
  changes: true,
  examples: [
    ['certman serve user add ann --role admin', 'asks for a password'],
    ['certman serve user add ci --role requestor --api-key', 'a key for a script, printed once'],
    ['certman serve user add apim --role manager --sas', 'keys for shared access signatures (Azure)'],
    ['certman serve user add audit --role reader --store prod', 'one of the stores only'],
  ],
  about: [
    'Roles: admin may do everything, manages profiles, collections and accounts; manager may do everything else, ' +
      'authorities included unless --claims or --collection limit it, but not export their keys; requestor asks for certificates and sees its own requests and their certificates; reader reads. --claims names ' +
      'exactly what the user may do instead. What a store does not permit, nobody may do there.',
    'A running server knows the user at once. Passwords and API keys are kept as hashes. Keys for shared access ' +
      'signatures have to be kept as they are: whoever reads the users file can sign with them.',
  ],
  args: [{ name: 'NAME', help: 'user name or e-mail address' }],
  options: USER_OPTIONS,
  run: async (ctx, { args, options }) => {
    const name = args[0]!
    const { role } = options
    if (role === undefined)
      throw new CertmanError('cli.usage', 'serve user add: which role?', {
        hint: `give --role ${USER_ROLES.join('|')}`,
        field: 'role',
      })
    const book = rehearsing(ctx, options)
    const order = await withCredential(ctx, name, await readUserOrder(ctx, name, options))
    const { user, secrets } = await addUser(book, { ...order, name, role }, ctx.ambient)
    await ctx.emit(renderUserDeed(user, { what: 'added', secrets, dryRun: ctx.global.dryRun }))
  },
})
