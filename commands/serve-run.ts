import { join, resolve } from 'node:path'
import packageFacts from '../package.json' with { type: 'json' }
import { CertmanError } from '../src/base/errors.ts'
import type { Secret } from '../src/base/secret.ts'
import { readSwitches } from '../src/dialects/switches.ts'
import { trustedProxies } from '../src/http/forwarded.ts'
import { dataFolder, locateStore, openStore } from '../src/operations/open-store.ts'
import { ownNames, startServing, type Serving, type ServingOrder } from '../src/operations/serve/start.ts'
import type { TlsWish } from '../src/operations/serve/tls-source.ts'
import type { Store } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { type Given, present } from './declare.ts'
import { leanRequests } from './lean-heap.ts'
import { bounded, MOST_SECONDS } from './options/bounds.ts'
import { passwordFlags } from './options/password.ts'
import { parseDialects, parseListen, parsePairs, parsePublicUrl, parseSize } from './options/serving.ts'
import { renderServing } from './render/serving.ts'
import type { SERVE_OPTIONS } from './serve.ts'
import { usersOf } from './serve-users.ts'
import { storeRequest } from './store-request.ts'

type Options = Given<typeof SERVE_OPTIONS>
type Named = ServingOrder['stores'][number]

/** How long requests at work may take after the server was told to stop. */
const GRACE_MS = 10_000
/** How often the certificate is looked at. */
const LOOK_MS = 60_000

/** Serves until it is told to stop. */
export async function runServe(ctx: Context, options: Options): Promise<void> {
  const { signals } = ctx
  const read = readOptions(ctx, options)
  const { file, book } = usersOf(ctx, options)
  if (book.read().users.length === 0)
    throw new CertmanError('cli.needs-input', `nobody could use the server: there is no user in ${file}`, {
      hint: 'make one: certman serve user add NAME --role admin',
      field: 'users',
    })
  const password = await ctx.secret(passwordFlags(options, ctx.ambient.env))
  const stores = await openStores(ctx, options.store)
  try {
    const switches = await readSwitches(
      read.options,
      stores.map(({ name }) => name),
    )
    if (!signals) throw new CertmanError('cli.usage', 'serve runs in a process of its own only')
    leanRequests()
    const tls = await tlsWish(ctx, options, { ...read, store: stores[0]!.store })
    const order = { ...read, options: switches, stores, book, tls, password }
    const serving = await startServing({ ...order, ...surroundings(ctx) })
    // before it says that it listens: whoever reads that may stop it at once
    const stopped = untilStopped(serving, signals)
    try {
      await ctx.emit(renderServing({ serving, dialects: read.dialects, users: book.read().users.length }))
    } catch (error) {
      await serving.stop(0)
      throw error
    }
    await stopped
  } finally {
    for (const { store } of stores) await store.close()
  }
}

const surroundings = ({
  ambient,
  global: { verbose },
  terminal,
}: Context): Pick<ServingOrder, 'ambient' | 'log' | 'verbose' | 'write' | 'version'> => ({
  ambient,
  verbose,
  version: packageFacts.version,
  log: (line) => terminal.say(line),
  // a closed pipe must not end the server
  write: (line) => void terminal.write(line).catch(() => undefined),
})

function readOptions(ctx: Context, options: Options) {
  const { maxBody, maxRequests, maxTime, accessLog, publicUrl, answerMemory, trustedProxy } = options
  if (options.plainHttp && (options.tlsCertificate ?? options.tlsKey) !== undefined)
    throw new CertmanError('cli.usage', '--plain-http and --tls-certificate exclude each other')
  if (options.tlsKey !== undefined && options.tlsCertificate === undefined)
    throw new CertmanError('cli.usage', '--tls-key goes with --tls-certificate FILE', { field: 'tls-key' })
  const seconds = bounded(maxTime, 'max-time', MOST_SECONDS)
  return {
    dialects: parseDialects(options.dialect),
    listen: parseListen(options.listen ?? '127.0.0.1:8443'),
    publicUrl: publicUrl === undefined ? undefined : parsePublicUrl(publicUrl),
    isTrustedProxy: trustedProxy.length === 0 ? undefined : trustedProxies(trustedProxy),
    options: parsePairs(options.set),
    accessLog: accessLog === undefined || accessLog === '-' ? accessLog : resolve(ctx.cwd, accessLog),
    ...(answerMemory !== undefined && {
      answerMemory: answerMemory === '0' ? 0 : parseSize(answerMemory, 'answer-memory'),
    }),
    limits: present({
      bodyBytes: maxBody === undefined ? undefined : parseSize(maxBody, 'max-body'),
      concurrent: bounded(maxRequests, 'max-requests', 100_000),
      requestMs: seconds === undefined ? undefined : seconds * 1000,
    }),
  }
}

/** Opens what is served; a store that cannot be opened closes those that were. */
async function openStores(ctx: Context, references: readonly string[]): Promise<readonly Named[]> {
  const opened: Named[] = []
  try {
    for (const reference of references.length === 0 ? [ctx.global.store] : references) {
      const request = { ...storeRequest(ctx), reference }
      const { how, name } = locateStore(request)
      const store = await openStore(request)
      opened.push({ store, name: how === 'path' ? (await store.info()).name : name })
    }
    requireDifferent(opened)
    return opened
  } catch (error) {
    for (const { store } of opened) await store.close()
    throw error
  }
}

function requireDifferent(stores: readonly Named[]): void {
  const names = stores.map(({ name }) => name.toLowerCase())
  const twice = stores.find(({ name }, at) => names.indexOf(name.toLowerCase()) !== at)
  if (twice)
    throw new CertmanError('cli.usage', `two of the stores are called ${JSON.stringify(twice.name)}`, {
      hint: 'give one of them another name: certman store add NAME DIR',
      field: 'store',
    })
}

async function tlsWish(
  ctx: Context,
  { plainHttp, tlsCertificate, tlsKey, tlsPasswordFile }: Options,
  at: {
    readonly listen: ServingOrder['listen']
    readonly publicUrl: string | undefined
    readonly store: Store
  },
): Promise<TlsWish | undefined> {
  if (plainHttp) return undefined
  const password = await ctx.secret(present({ passwordFile: tlsPasswordFile }))
  const key: { readonly password?: Secret } = password ? { password } : {}
  if (tlsCertificate !== undefined && tlsKey !== undefined) {
    const [certificate, keyFile] = [resolve(ctx.cwd, tlsCertificate), resolve(ctx.cwd, tlsKey)]
    return { from: 'files', certificate, key: keyFile, ...key }
  }
  if (tlsCertificate !== undefined)
    return { from: 'store', reference: tlsCertificate, store: at.store, ...key }
  const { ambient, platform, home } = ctx
  const file = join(dataFolder({ env: ambient.env, platform, home }), 'serve', 'server.pem')
  const machine = ambient.actor.slice(ambient.actor.lastIndexOf('@') + 1)
  return { from: 'own', own: { file, names: ownNames(at.listen, at.publicUrl, machine), ambient } }
}

/** Waits for the signal to stop, and for what is at work. */
async function untilStopped(serving: Serving, signals: NonNullable<Context['signals']>): Promise<void> {
  let stopped: Promise<void> | undefined
  const rest = signals.every(LOOK_MS, () => void serving.refresh())
  await new Promise<void>((settle, reject) => {
    const unlisten = signals.listen((signal) => {
      if (signal === 'reload') return void serving.reload()
      // a second one does not wait
      const again = stopped !== undefined
      stopped = serving.stop(again ? 0 : GRACE_MS)
      stopped.then(settle, reject).finally(unlisten)
    })
  })
  rest()
}
