import type { Ambient } from '../base/ambient.ts'
import type { Secret } from '../base/secret.ts'
import type { RouteTable } from '../http/exchange.ts'
import type { Gauge } from '../http/metrics.ts'
import type { HttpClient } from '../http/request.ts'
import type { Abilities, Store } from '../store/store.ts'
import type { House } from './house.ts'

/** Of a vendor that can nothing yet: its `can` says what it can. */
export const NO_ABILITIES: Abilities = {
  list: [],
  import: false,
  exportCertificate: false,
  exportKey: false,
  exportRequest: false,
  edit: false,
  delete: false,
  request: false,
  sign: false,
  reject: false,
  revoke: false,
  attach: false,
  renew: false,
  trash: false,
  createAuthority: false,
  editAuthority: false,
  crl: false,
  profiles: false,
}

/** The five vendors, as `--kind` and `--dialect` name them. */
export const DIALECT_NAMES = ['iis', 'azure-apim', 'keyfactor', 'notary', 'd9tready'] as const
export type DialectName = (typeof DIALECT_NAMES)[number]

/** How a client proves who it is. Which forms a vendor takes stands in its `auth`. */
export type AuthForm = 'basic' | 'bearer' | 'token' | 'sas' | 'client-credentials' | 'login'

/** What a configured store says about its credential; the secret itself is fetched when it is first needed. */
export interface Credential {
  readonly form: AuthForm
  /** User name, e-mail, client id, or the id of a shared access key. */
  readonly user?: string
  /** Password, token, or key text; asked for at most once a run. */
  readonly secret: () => Promise<Secret>
}

/** One configured remote store, ready to be spoken to. */
export interface RemoteSetup {
  readonly name: string
  readonly http: HttpClient
  readonly credential: Credential | undefined
  readonly ambient: Ambient
  /** Vendor settings (`--set key=value`); keys are those of `Dialect.settings`. */
  readonly options: Readonly<Record<string, string>>
  /** Another origin that the vendor needs (a token endpoint), with the same TLS settings. */
  readonly reach: (url: URL) => HttpClient
  /** One line of talk on stderr. */
  readonly notice: (line: string) => void
}

/** What a client needs of its dialect. */
export type DialectFace = Pick<Dialect, 'name' | 'title' | 'can' | 'limits'>

/** What a switch of a server takes; a list: one of these words. Origins of browsers are separated by commas. */
export type SwitchValue = 'text' | 'days' | 'key-type' | 'store' | 'origins' | readonly string[]

/** One vendor's wire form, both ways. The halves are loaded when they are used, and never import each other. */
export interface Dialect {
  readonly name: DialectName
  /** `IIS Administration`. */
  readonly title: string
  readonly can: Abilities
  /** What the vendor cannot do or does not return, as sentences with what to do instead, by verb or field. */
  readonly limits: Readonly<Record<string, string>>
  /** Accepted forms, the default first. */
  readonly auth: readonly AuthForm[]
  /** Vendor settings by key, with one line of help each. */
  readonly settings: Readonly<Record<string, string>>
  /** Switches of its server (`serve --set DIALECT.NAME=VALUE`) by name; its page says what they mean. */
  readonly switches: Readonly<Record<string, SwitchValue>>
  /** Its client is handed the dialect itself. */
  readonly client: () => Promise<(face: DialectFace, setup: RemoteSetup) => RemoteConnection>
  readonly server: () => Promise<(house: House) => RouteTable>
  /** What the vendor's own monitoring looks for in `/metrics`; counted over the stores, unguarded. */
  readonly gauges?: () => Promise<
    (stores: readonly Store[], now: () => Date) => () => Promise<readonly Gauge[]>
  >
}

/** A remote store, and what `store show` asks it. */
export interface RemoteConnection extends Store {
  /**
   * Says who answers and as whom we are let in: one cheap authenticated call.
   *
   * @throws {CertmanError} `remote.*`, `auth.failed`, `auth.forbidden`
   */
  probe(): Promise<ProbeResult>
}

/** What a probe found out. */
export interface ProbeResult {
  /** Product and version as the server says, when it says. */
  readonly server?: string
  readonly user?: string
  /** More facts for people, e.g. `permissions`. */
  readonly facts?: Readonly<Record<string, string>>
}
