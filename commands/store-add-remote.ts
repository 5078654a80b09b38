import { resolve } from 'node:path'
import { CertmanError, isCertmanError } from '../src/base/errors.ts'
import { commandOn } from '../src/base/text.ts'
import type { Dialect, ProbeResult } from '../src/dialects/dialect.ts'
import { dialect as dialectOf } from '../src/dialects/index.ts'
import { openRemote, parseServerUrl, parseTimeout } from '../src/operations/open-remote.ts'
import { folderOf } from '../src/settings/places.ts'
import type { ClientCertificatePlace, RemotePlace } from '../src/settings/remote-place.ts'
import type { Context } from './context.ts'
import { type Given, present } from './declare.ts'
import { keyPasswordFlags } from './options/password.ts'
import { requireFree, savePlace, type STORE_ADD_OPTIONS } from './store-add.ts'
import { askKind, askMissing, askPin, askSecretPlace, keptSource } from './store-add-dialog.ts'
import { storeRequest } from './store-request.ts'

type Options = Given<typeof STORE_ADD_OPTIONS>

/** SHA-256 as typed: colons, blanks, any case. */
function parsePin(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const hex = text.replace(/^sha256:|[: ]/gi, '').toLowerCase()
  if (/^[0-9a-f]{64}$/.test(hex)) return hex
  throw new CertmanError('input.invalid', 'the pin is no SHA-256 fingerprint (64 hex digits)', {
    hint: 'certman show --host HOST:PORT shows it; compare it over another way',
    field: 'pin',
  })
}

function parseSettings(vendor: Dialect, pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      const key = pair.slice(0, Math.max(at, 0))
      if (at > 0 && Object.hasOwn(vendor.settings, key)) return [key, pair.slice(at + 1)]
      const known = Object.entries(vendor.settings).map(([name, help]) => `${name} (${help})`)
      throw new CertmanError('cli.usage', `${vendor.title} has no setting ${JSON.stringify(key || pair)}`, {
        hint: known.length > 0 ? `there are: ${known.join('; ')}` : 'it has none',
        field: 'set',
      })
    }),
  )
}

function clientCertificate(ctx: Context, options: Options): ClientCertificatePlace | undefined {
  const { clientCertificate: ref, clientStore } = options
  if (ref === undefined) {
    if (clientStore === undefined) return undefined
    throw new CertmanError('cli.usage', '--client-store means nothing without --client-certificate')
  }
  const store = clientStore ?? ctx.global.store ?? ctx.settings.defaultStore
  if (store === undefined)
    throw new CertmanError('cli.usage', 'which store holds the client certificate is not known', {
      hint: 'name it with --client-store',
      field: 'client-store',
    })
  const password = keptSource(ctx, keyPasswordFlags(options))
  const place = folderOf(store, ctx.cwd, ctx.settings.stores) ?? store
  return { store: place, ref, ...(password && { password }) }
}

const askUrl = (ctx: Context, { title }: Dialect): Promise<string> =>
  askMissing(ctx, `URL of ${title}:`, { field: 'url', check: parseServerUrl })

/** What the flags say; what they leave open is asked for, or an error that names the flag. */
async function placeOf(ctx: Context, options: Options): Promise<[Dialect, RemotePlace]> {
  const vendor = await dialectOf(options.kind ?? (await askKind(ctx)))
  const url = parseServerUrl(options.url ?? (await askUrl(ctx, vendor))).href
  const { auth = vendor.auth[0]!, proxy, timeout, retries, caFile } = options
  if (!vendor.auth.includes(auth as never))
    throw new CertmanError('cli.usage', `${vendor.title} does not take --auth ${auth}`, {
      hint: `one of: ${vendor.auth.join(', ')}`,
      field: 'auth',
    })
  if (timeout !== undefined) parseTimeout(timeout)
  const client = clientCertificate(ctx, options)
  const needsUser = ['basic', 'login', 'client-credentials'].includes(auth) && !client
  const user =
    options.user ?? (needsUser ? await askMissing(ctx, 'user name:', { field: 'user' }) : undefined)
  const place = present({
    kind: vendor.name,
    url: url.replace(/\/$/, ''),
    auth: options.auth,
    user,
    caFile: caFile === undefined ? undefined : resolve(ctx.cwd, caFile),
    pin: parsePin(options.pin),
    clientCertificate: client,
    proxy,
    timeout,
    retries,
    options: options.set.length > 0 ? parseSettings(vendor, options.set) : undefined,
  }) as RemotePlace
  // a certificate alone may be all that the server wants
  if (client && options.user === undefined && !hasSource(options)) return [vendor, place]
  const secret = await askSecretPlace(ctx, { url, options })
  return [vendor, { ...place, ...(secret && { secret }) }]
}

const hasSource = ({ passwordFile, passwordEnv, passwordCommand }: Options): boolean =>
  [passwordFile, passwordEnv, passwordCommand].some((each) => each !== undefined)

async function probe(ctx: Context, name: string, place: RemotePlace): Promise<ProbeResult> {
  const connection = await openRemote({ name, place }, storeRequest(ctx))
  try {
    return await connection.probe()
  } catch (error) {
    throw beforeAdding(error, name)
  } finally {
    await connection.close()
  }
}

/** What is not configured yet cannot be shown: hints must work when they are copied. */
function beforeAdding(error: unknown, name: string): unknown {
  const show = `: ${commandOn('store show', name)}`
  if (!isCertmanError(error) || error.hint?.endsWith(show) !== true) return error
  const hint = `${error.hint.slice(0, -show.length)}; to add it all the same: --no-check`
  return new CertmanError(error.code, error.message, { cause: error, hint })
}

/** Probes; a server that nobody trusts is shown to the person, who may pin its certificate. */
async function checked(ctx: Context, name: string, place: RemotePlace): Promise<[RemotePlace, ProbeResult]> {
  try {
    return [place, await probe(ctx, name, place)]
  } catch (error) {
    // a server that wants a client certificate, or speaks no TLS, is not helped by a pin
    const mayPin = isCertmanError(error, 'remote.tls') && error.field === 'pin'
    if (!mayPin || !ctx.canAsk || place.pin !== undefined) throw error
    const pin = await askPin(ctx, place, error)
    if (pin === undefined) throw error
    const pinned = { ...place, pin }
    return [pinned, await probe(ctx, name, pinned)]
  }
}

/** `store add NAME --kind …`: a server, checked before it is saved. */
export async function addRemote(ctx: Context, name: string, options: Options): Promise<void> {
  const [vendor, wanted] = await placeOf(ctx, options)
  const { use, replace } = options
  requireFree(ctx, { name, place: wanted, replace })
  const [place, found] = options.noCheck ? [wanted, undefined] : await checked(ctx, name, wanted)
  if (found) {
    const { server = vendor.title, user } = found
    ctx.terminal.say(`${server} answers${user === undefined ? '' : ` ${user}`}`)
  }
  if (place.secret?.from === 'saved')
    ctx.terminal.say(`warning: the secret is kept in ${ctx.settingsFile}, which this user alone may read`)
  await savePlace(ctx, { name, place, use, replace })
}
