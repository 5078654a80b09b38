import { CertmanError } from '../src/base/errors.ts'
import { USER_ROLES } from '../src/domain/role.ts'
import type { UserOrder } from '../src/operations/serve/user-orders.ts'
import { folderOf } from '../src/settings/places.ts'
import type { Context } from './context.ts'
import { choice, flag, type Given, many, present, text } from './declare.ts'
import { PASSWORD_OPTIONS } from './options/password.ts'
import { parseClaims, USERS_OPTION } from './options/users.ts'
import { choosingPassword } from './passwords.ts'
import { withStore } from './store-request.ts'

/** What a user can be told to be, when it is made and later. */
export const USER_OPTIONS = {
  role: choice(USER_ROLES, 'what the user may do: see certman serve user add --help'),
  store: many('STORE', 'only this store of those that are served; may be repeated', {
    short: 's',
    completes: 'store',
  }),
  collection: many('NAME', 'only certificates of this collection; may be repeated'),
  claims: text('LIST', 'instead of those of the role: read,import,export,create,delete,sign,revoke'),
  ...PASSWORD_OPTIONS,
  apiKey: flag('make an API key and print it'),
  sas: flag('make keys for shared access signatures and print them'),
  sasId: text('ID', 'with --sas: the id that the tokens carry (default: the name)', { rare: true }),
  ...USERS_OPTION,
} as const

/** An empty text alone takes the limit away. */
const limit = (given: readonly string[]): readonly string[] | null | undefined => {
  if (given.length === 0) return undefined
  const named = given.filter((each) => each !== '')
  return named.length === 0 ? null : named
}

/** The names under which stores are served: a folder is served under the name that it has itself. */
async function servedNames(
  ctx: Context,
  stores: readonly string[] | null | undefined,
): Promise<readonly string[] | null | undefined> {
  if (!stores) return stores
  const name = async (store: string): Promise<string> => {
    const at = { ...ctx, global: { ...ctx.global, store } }
    if (folderOf(store, ctx.cwd, ctx.settings.stores) === undefined) return store
    return withStore(at, async (opened) => (await opened.info()).name)
  }
  return Promise.all(stores.map(name))
}

/** Reads what the flags say; `CERTMAN_PASSWORD_FILE` is for keys and does not count here. */
export async function readUserOrder(
  ctx: Context,
  name: string,
  options: Given<typeof USER_OPTIONS>,
): Promise<UserOrder> {
  const { passwordFile, passwordEnv, passwordCommand } = options
  if (options.sasId !== undefined && !options.sas)
    throw new CertmanError('cli.usage', '--sas-id goes with --sas', { field: 'sas-id' })
  const claims = options.claims === undefined ? undefined : parseClaims(options.claims)
  return present({
    role: options.role,
    stores: await servedNames(ctx, limit(options.store)),
    collections: limit(options.collection),
    claims: claims?.length === 0 ? null : claims,
    password: await ctx.secret(present({ passwordFile, passwordEnv, passwordCommand })),
    apiKey: options.apiKey ? { purpose: 'made with certman serve user', expiresAt: null } : undefined,
    sas: options.sas ? (options.sasId ?? name) : undefined,
  })
}

/** A password that is asked for where nothing else lets the user in. @throws {CertmanError} `cli.needs-input` */
export async function withCredential(ctx: Context, name: string, order: UserOrder): Promise<UserOrder> {
  if (order.password || order.apiKey || typeof order.sas === 'string') return order
  const password = await choosingPassword(ctx)({ file: name, what: 'the user', attempt: 1 })
  if (password) return { ...order, password }
  throw new CertmanError('cli.needs-input', `nothing would let the user ${JSON.stringify(name)} in`, {
    hint: 'give --password-file, --password-env or --password-command, or --api-key, or --sas',
    field: 'password-file',
  })
}
