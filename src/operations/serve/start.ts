import { isIP } from 'node:net'
import type { Ambient } from '../../base/ambient.ts'
import { guidText } from '../../base/guid.ts'
import type { Secret } from '../../base/secret.ts'
import { sha256HexOfText } from '../../crypto/digest.ts'
import type { DialectName } from '../../dialects/dialect.ts'
import type { House } from '../../dialects/house.ts'
import { dialect } from '../../dialects/index.ts'
import type { TrustedProxies } from '../../http/forwarded.ts'
import { isLoopback } from '../../http/origin.ts'
import type { Gauge } from '../../http/metrics.ts'
import { serveRoutes } from '../../http/serve.ts'
import type { Limits, NamedTable } from '../../http/serve-options.ts'
import type { UserBook } from '../../settings/user-records.ts'
import { withServerOrders } from '../../store/served-orders.ts'
import type { Store } from '../../store/store.ts'
import { openAccessLog } from './access-log.ts'
import type { ServedPlace } from './access.ts'
import { discreetStore } from './discreet-store.ts'
import { discreet, faultsTo, type Faults } from './discreet.ts'
import { makeHouse } from './house.ts'
import { publicRoutes } from './public-routes.ts'
import { fingerprintOf, tlsSource, type TlsSource, type TlsWish } from './tls-source.ts'

/** Everything that `certman serve` was told. */
export interface ServingOrder {
  /** Open stores by the names under which they are served, in order. */
  readonly stores: readonly { readonly name: string; readonly store: Store }[]
  readonly dialects: readonly DialectName[]
  readonly listen: { readonly host: string; readonly port: number }
  readonly book: UserBook
  /** Undefined: plain http, on loopback. */
  readonly tls: TlsWish | undefined
  readonly publicUrl: string | undefined
  /** Proxies that say who called. */
  readonly isTrustedProxy?: TrustedProxies | undefined
  /** Of the authorities' keys. */
  readonly password: Secret | undefined
  readonly options: Readonly<Record<string, string>>
  readonly limits: Partial<Limits>
  /** Bytes of answers that are remembered; 0: none. */
  readonly answerMemory?: number | undefined
  /** Absolute path, `-` for `write`, undefined for none. */
  readonly accessLog: string | undefined
  /** Takes the access log where it goes to standard output. */
  readonly write: (line: string) => void
  readonly log: (line: string) => void
  /** Whether stacks of faults go to the log. */
  readonly verbose: boolean
  readonly ambient: Ambient
  readonly version: string
}

/** A server at work. */
export interface Serving {
  readonly url: string
  /** SHA-256 of its certificate at the start; undefined for plain http. */
  readonly fingerprint: string | undefined
  readonly places: readonly ServedPlace[]
  /** Looks at its certificate and log file again, whether they changed or not. */
  reload(): Promise<void>
  /** Looks at its certificate: a changed one is used from now on. */
  refresh(): Promise<void>
  /** Finishes what is at work, for `graceMs` at most. The stores stay open. */
  stop(graceMs: number): Promise<void>
}

/**
 * Starts to serve.
 *
 * @throws {CertmanError} what opening certificate, log and address throws
 */
export async function startServing(order: ServingOrder): Promise<Serving> {
  const { listen, publicUrl, isTrustedProxy, ambient } = order
  const faults = faultsTo(order)
  const places = await placesOf(order, faults)
  const house = makeHouse({ ...order, places })
  const own = [...(await tablesOf(order.dialects, house)), publicRoutes({ crls: house.crls, ambient })]
  const tables = own.map((table) => discreet(table, faults))
  const tls = order.tls && tlsSource(order.tls)
  const first = tls && { stamp: await tls.stamp(), files: await tls.files() }
  const log = await openAccessLog(order)
  const gauges = await gaugesOf(order, places)
  const served = await serveRoutes({
    tables,
    listen,
    limits: order.limits,
    ambient,
    faults,
    ...(tls && { tls: tls.files }),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(isTrustedProxy && { isTrustedProxy }),
    ...(log && { log: log.line }),
    ...(gauges && { gauges }),
  })
  const renewal = renewing(order, { tls, stamp: first?.stamp, reloadTls: served.reloadTls })
  return {
    url: served.url,
    fingerprint: first && fingerprintOf(first.files),
    places,
    refresh: () => renewal(false),
    reload: async () => {
      await log?.reopen()
      await renewal(true)
    },
    stop: async (graceMs) => {
      await served.stop(graceMs)
      await log?.close()
    },
  }
}

/** Takes up a changed certificate; one that is of no use is told, and the old one stays. */
function renewing(
  { log }: ServingOrder,
  of: {
    readonly tls: TlsSource | undefined
    readonly stamp: string | undefined
    readonly reloadTls: () => Promise<void>
  },
): (always: boolean) => Promise<void> {
  let { stamp } = of
  return async (always) => {
    if (!of.tls) return
    try {
      const now = await of.tls.stamp()
      if (now === stamp && !always) return
      await of.reloadTls()
      if (now !== stamp)
        log(`the certificate of the server changed: SHA-256 ${fingerprintOf(await of.tls.files())}`)
      stamp = now
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      log(`the certificate of the server stays as it is: ${why}`)
    }
  }
}

async function placesOf(order: ServingOrder, faults: Faults): Promise<readonly ServedPlace[]> {
  const { stores, publicUrl, password } = order
  const crlBase = publicUrl === undefined ? undefined : `${publicUrl}/crl`
  return Promise.all(
    stores.map(async ({ name, store }, at) => {
      const { id, claims, location } = await store.info()
      const served = withServerOrders(discreetStore(store, name, faults), { password, crlBase })
      // a store that has no id of its own keeps this one as long as it stays where it is
      return { name, number: at + 1, id: id ?? guidText(sha256HexOfText(location)), claims, store: served }
    }),
  )
}

const tablesOf = (names: readonly DialectName[], house: House): Promise<readonly NamedTable[]> =>
  Promise.all(
    names.map(async (name) => ({ dialect: name, table: (await (await dialect(name)).server())(house) })),
  )

/** The gauges of dialects whose `DIALECT.metrics` is switched on: everybody may read them. */
async function gaugesOf(
  { dialects, options, ambient }: ServingOrder,
  places: readonly ServedPlace[],
): Promise<(() => Promise<readonly Gauge[]>) | undefined> {
  const wanted = dialects.filter((name) => options[`${name}.metrics`] === 'yes')
  const stores = places.map(({ store }) => store)
  const makers = await Promise.all(wanted.map(async (name) => (await dialect(name)).gauges?.()))
  const all = makers.flatMap((make) => (make ? [make(stores, ambient.now)] : []))
  if (all.length === 0) return undefined
  return async () => (await Promise.all(all.map((count) => count()))).flat()
}

/**
 * The names that the server's own certificate has to have: where it listens, this machine, and the public URL's host.
 *
 * @param machine its host name, for a server that listens everywhere
 */
export function ownNames(
  listen: { readonly host: string },
  publicUrl: string | undefined,
  machine: string,
): readonly string[] {
  const host = listen.host.replace(/^\[|\]$/g, '')
  const everywhere = host === '0.0.0.0' || host === '::'
  const url = publicUrl === undefined ? [] : [new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')]
  const hosts = [
    ...url,
    ...(everywhere ? [machine] : isLoopback(host) ? [] : [host]),
    'localhost',
    '127.0.0.1',
    '::1',
  ]
  return [...new Set(hosts.filter((name) => name !== ''))].map((name) =>
    isIP(name) === 0 ? `dns:${name}` : `ip:${name}`,
  )
}
