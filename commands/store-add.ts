import { CertmanError } from '../src/base/errors.ts'
import { shellWord } from '../src/base/text.ts'
import { DIALECT_NAMES } from '../src/dialects/dialect.ts'
import { checkName } from '../src/domain/name.ts'
import { openStore } from '../src/operations/open-store.ts'
import { isPath } from '../src/settings/places.ts'
import { locationOf, type StorePlace } from '../src/settings/remote-place.ts'
import { changeSettings } from '../src/settings/write.ts'
import type { Context } from './context.ts'
import { choice, count, declare, flag, type Given, kebab, many, text } from './declare.ts'
import { keyPasswordOptions, PASSWORD_OPTIONS } from './options/password.ts'
import { settleOutcomes } from './outcome.ts'
import { renderSetting } from './render/store.ts'
import { atStore } from './store-argument.ts'
import { storeRequest } from './store-request.ts'

/** The path as typed, forced to be read as one: `pki` is a folder here, not a configured name. */
const asPath = (path: string): string => (isPath(path) ? path : `./${path}`)

/** The flags of `store add`. */
export const STORE_ADD_OPTIONS = {
  kind: choice(DIALECT_NAMES, 'the kind of server', { value: 'KIND' }),
  url: text('URL', 'address of the server, https://host:port/path'),
  user: text('USER', 'user name, e-mail, client id, or id of the access key'),
  ...PASSWORD_OPTIONS,
  auth: text('FORM', 'how to log in, where the server knows several ways'),
  saveSecret: flag('keep the secret itself in the settings file (mode 0600)'),
  caFile: text('FILE', 'certificates (PEM) of the authorities that the server is trusted by', {
    completes: 'file',
  }),
  pin: text('SHA256', 'trust exactly the server certificate with this fingerprint'),
  clientCertificate: text('REF', 'certificate to show to the server, from a certman store', {
    completes: 'reference',
  }),
  clientStore: text('STORE', 'the store that holds it (default: the store in use)', { completes: 'store' }),
  ...keyPasswordOptions('password of the key of the client certificate'),
  proxy: text('URL', 'HTTP proxy on the way (default: HTTPS_PROXY, NO_PROXY)'),
  timeout: text('TIME', 'how long to wait for an answer (default 30s)'),
  retries: count('N', 'how often to try again when the server is busy (default 3)'),
  set: many('KEY=VALUE', "a setting of the server's kind; may be repeated"),
  noCheck: flag('do not talk to the server now'),
  use: flag('make it the default store'),
  replace: flag('change the place of a name that exists'),
} as const

/** A name and the place that it shall stand for. */
export interface NewPlace {
  readonly name: string
  readonly place: StorePlace
  readonly use: boolean
  readonly replace: boolean
}

/** @throws {CertmanError} `name.taken` when the name stands for something else and may not be replaced */
export function requireFree(ctx: Context, { name, place, replace }: Omit<NewPlace, 'use'>): void {
  const before = Object.hasOwn(ctx.settings.stores, name) ? ctx.settings.stores[name] : undefined
  if (!before || replace || JSON.stringify(before) === JSON.stringify(place)) return
  throw new CertmanError('name.taken', `the name ${JSON.stringify(name)} stands for ${locationOf(before)}`, {
    hint: 'take another name, or give --replace',
    field: 'name',
  })
}

/** Saves a place under its name and says so. */
export async function savePlace(ctx: Context, wish: NewPlace): Promise<void> {
  const { name, place, use } = wish
  requireFree(ctx, wish)
  const before = Object.hasOwn(ctx.settings.stores, name) ? ctx.settings.stores[name] : undefined
  const isDefault = ctx.settings.defaultStore === name
  const unchanged = JSON.stringify(before) === JSON.stringify(place) && (!use || isDefault)
  if (!unchanged && !ctx.global.dryRun)
    await changeSettings(
      { file: ctx.settingsFile, now: ctx.ambient.now },
      {
        stores: { [name]: place },
        ...(use && { defaultStore: name }),
      },
    )
  const outcome = unchanged ? 'unchanged' : 'changed'
  const row = { name, location: locationOf(place), default: use || isDefault, outcome, what: 'added' }
  await ctx.emit(renderSetting(row, ctx.global.dryRun))
  settleOutcomes(ctx, [{ outcome }])
}

/** Flags that say something about a server. */
const REMOTE_FLAGS = [
  'url',
  'user',
  'auth',
  'caFile',
  'pin',
  'clientCertificate',
  'proxy',
  'timeout',
] as const

async function addFolder(
  ctx: Context,
  [name, folder]: readonly [string, string],
  options: Given<typeof STORE_ADD_OPTIONS>,
): Promise<void> {
  const stray = REMOTE_FLAGS.find((key) => options[key] !== undefined)
  if (stray !== undefined)
    throw new CertmanError('cli.usage', `a folder has no use for --${kebab(stray)}, which is for a server`, {
      hint: `leave the folder out, and give --kind: one of ${DIALECT_NAMES.join(', ')}`,
      field: kebab(stray),
    })
  const store = await openStore(storeRequest(atStore(ctx, asPath(folder))))
  const { location } = await store.info()
  await store.close()
  await savePlace(ctx, { name, place: { path: location }, use: options.use, replace: options.replace })
}

/** `store add ./pki`, `store add ./pki corp`. */
function refuseFolderFirst([name = '', folder = 'NAME']: readonly string[]): void {
  if (!name.includes('/')) return
  throw new CertmanError('cli.usage', 'store add: the name stands before the folder', {
    hint: `for example: certman store add ${shellWord(folder)} ${shellWord(name)}`,
    field: 'name',
  })
}

export const verb = declare({
  name: 'store add',
  changes: true,
  examples: [
    ['certman store add corp /srv/pki', 'from now on: certman --store corp list'],
    ['certman store add corp /srv/pki --use', 'and make it the default'],
    [
      'certman store add notary --kind notary --url https://notary.example --user me@example.com',
      'a server; asks for what is missing',
    ],
    [
      'certman store add kf --kind keyfactor --url https://kf.example/KeyfactorAPI --user "CORP\\me" --password-file pw',
      'its password is read from the file each time',
    ],
  ],
  about: [
    'Kinds of server: iis (IIS Administration), azure-apim (Azure API Management), keyfactor (Keyfactor Command), ' +
      'notary (Canonical Notary), d9tready. Connection and credential are checked before anything is saved.',
    'The settings hold where a secret lies (--password-file, --password-env, --password-command), never the secret, ' +
      'unless you insist with --save-secret. A server whose certificate nobody here trusts needs --ca-file or --pin; ' +
      'on a terminal certman shows the certificate and offers to pin it. Plain http is for this machine alone.',
    'With --print-request any verb on a server shows its calls, secrets masked.',
  ],
  args: [
    { name: 'NAME', help: 'the name to use with --store', optional: true },
    { name: 'DIR', help: 'the folder of an existing store', completes: 'folder', optional: true },
  ],
  options: STORE_ADD_OPTIONS,
  run: async (ctx, { args, options }) => {
    refuseFolderFirst(args)
    const name = checkName(args[0] ?? (await (await import('./store-add-dialog.ts')).askName(ctx)))
    const folder = args[1]
    if (folder === undefined) return (await import('./store-add-remote.ts')).addRemote(ctx, name, options)
    if (options.kind !== undefined)
      throw new CertmanError('cli.usage', 'give a folder, or --kind and --url, not both', {
        hint: 'a server has no folder here: leave the folder out',
        field: 'kind',
      })
    return addFolder(ctx, [name, folder], options)
  },
})
