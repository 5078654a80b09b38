import type { Ambient } from '../base/ambient.ts'
import type { RouteTable } from './exchange.ts'
import type { TrustedProxies } from './forwarded.ts'
import type { Gauge } from './metrics.ts'

/** A dialect's routes, and its name as log and metrics give it. */
export interface NamedTable {
  readonly dialect: string
  readonly table: RouteTable
}

/** What a caller may cost. */
export interface Limits {
  /** Bytes of a request's body. Those of all requests together may hold eight times as many. */
  readonly bodyBytes: number
  /** Bytes of request line and headers. */
  readonly headerBytes: number
  /** For the arrival of a whole request. */
  readonly arrivalMs: number
  /** For the answer, from the end of the headers on. */
  readonly requestMs: number
  /** How long an idle connection stays. */
  readonly idleMs: number
  /** Requests whose answers are being made at a time; more are answered 503. As many may be sending their bodies besides, and a quarter as many strangers. */
  readonly concurrent: number
  /** Open connections; more are closed at once. A quarter of them may be taking a long answer. */
  readonly connections: number
  /** Of long answers that are being taken; when it is more, one caller is cut off. */
  readonly untakenBytes: number
}

/** 32 MiB holds the largest PFX anyone has met with room to spare; 16 KiB of headers is Node's own limit. */
export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 32 * 1024 * 1024,
  headerBytes: 16 * 1024,
  arrivalMs: 30_000,
  requestMs: 60_000,
  idleMs: 65_000,
  concurrent: 256,
  connections: 4096,
  untakenBytes: 256 * 1024 * 1024,
}

/** The server's own certificate, PEM: its chain, leaf first, and the key without a password. */
export interface TlsFiles {
  readonly certificates: string
  readonly key: string
}

/** Everything that a listening server is told. */
export interface ServeOptions {
  /** In order: the first that has a route takes the request. */
  readonly tables: readonly NamedTable[]
  /** Port 0 takes any that is free. */
  readonly listen: { readonly host: string; readonly port: number }
  /** Asked at the start and by `reloadTls`. Absent: plain http, on loopback only. */
  readonly tls?: () => TlsFiles | Promise<TlsFiles>
  readonly limits?: Partial<Limits>
  /** `https://certs.example`: what `Call.origin` is, whatever the Host header says. */
  readonly publicUrl?: string
  /** Proxies whose `X-Forwarded-For` and `Forwarded` are believed; absent: none are. */
  readonly isTrustedProxy?: TrustedProxies
  /** Takes one line of JSON per request; absent: none are made. */
  readonly log?: (line: string) => void
  /** Takes what broke outside the handlers, whose errors are their table's: a stream of an answer, a header. */
  readonly faults?: (dialect: string, error: unknown) => void
  /** More gauges for `/metrics`. */
  readonly gauges?: () => Promise<readonly Gauge[]>
  /** `false`: there is no `/metrics`. */
  readonly metrics?: boolean
  readonly ambient: Pick<Ambient, 'now' | 'random'>
}

/** A server that listens. */
export interface Served {
  /** Where it listens: `https://127.0.0.1:8443`. */
  readonly url: string
  /**
   * Answers what comes in the next tenth of a second, then takes no new connection, closes idle ones, lets requests at work
   * finish for `graceMs`, then cuts them.
   */
  stop(graceMs: number): Promise<void>
  /**
   * Uses the certificate that `tls` gives now for new connections; open ones stay.
   *
   * @throws {CertmanError} `settings.invalid` when it is of no use; the old one stays
   */
  reloadTls(): Promise<void>
}
