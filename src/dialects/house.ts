import type { Ambient } from '../base/ambient.ts'
import type { Secret } from '../base/secret.ts'
import type { Claim } from '../domain/records.ts'
import type { UserRole } from '../domain/role.ts'
import type { AnswerMemory } from '../http/answer-memory.ts'
import type { AuthorityCrl } from '../store/authority-orders.ts'
import type { ListedRecord, Store } from '../store/store.ts'

/** One store as one user may see it: every call is checked against the user's claims before it reaches the store. */
export interface ServedStore {
  readonly name: string
  /** 1, 2, 3 … in the order of the command line: Keyfactor containers. */
  readonly number: number
  readonly id: string
  /** What this user may do here: the store's own claims and the user's, both. */
  readonly claims: readonly Claim[]
  /**
   * Throws `claim.missing` for what the user may not do. A requestor sees and touches only its own requests.
   * `sign`, `revoke` and `crl` carry the authority's password by themselves when the server was given it.
   */
  readonly store: Store
}

/** Who calls, and what is open to that caller. */
export interface Access {
  readonly user: ServedUser
  /** The stores that the user may see, in order. Never empty. */
  readonly stores: readonly ServedStore[]
  /** The store of that name, without case; undefined when there is none or it is not open to the user. */
  store(name: string): ServedStore | undefined
  /** Numbers or names, as written, of the collections that the user is confined to; undefined: no such limit. */
  readonly collections: readonly string[] | undefined
  /**
   * Whether users are this user's to manage: an admin's whose own rights have no limit, neither stores nor collections nor
   * claims. Everybody else could make a user who may more.
   */
  readonly managesUsers: boolean
  /** Whether authorities are this user's to make and manage, as far as the claims go. */
  readonly managesAuthorities: boolean
}

/** A user without the secrets. */
export interface ServedUser {
  /** Stable number: the id of Notary accounts. */
  readonly number: number
  /** User name or e-mail. */
  readonly name: string
  readonly role: UserRole
  readonly hasPassword: boolean
}

/** An API key as its owner may see it (IIS). */
export interface ApiKey {
  readonly id: string
  readonly purpose: string
  readonly createdAt: string
  readonly modifiedAt: string
  /** `null`: never. */
  readonly expiresAt: string | null
}

/** Checks credentials; every dialect's own form ends in an `Access`. Comparisons take constant time. */
export interface Gate {
  /**
   * Name without case, and without a `DOMAIN\` before it. Undefined: wrong, or no such user, or too many wrong ones.
   *
   * @param from `Call.remoteAddress`: guesses are counted by user and address
   * @throws {CertmanError} `server.busy` when too many passwords are being checked
   */
  password(user: string, password: string, from?: string): Promise<Access | undefined>
  /** Another object whenever anything has changed that passwords and signatures are checked against: users, guesses. */
  readonly standing: object
  /** A key made by `apiKeys.create` or `serve user add --api-key`; undefined: unknown or expired. */
  apiKey(token: string): Promise<Access | undefined>
  /**
   * A shared access signature: `sign` is called with each key of that id and must give the Base64 signature expected.
   *
   * @param id the `uid` of the token
   */
  signature(id: string, signature: string, sign: (key: string) => string): Promise<Access | undefined>
  /** A session of `openSession` that has not ended. */
  session(token: string): Promise<Access | undefined>
  /** @param seconds how long it lasts */
  openSession(user: ServedUser, seconds: number): Promise<string>
  closeSession(token: string): Promise<void>
  readonly accounts: Accounts
  readonly apiKeys: ApiKeys
}

/** Users as data; what an admin may change. Callers check the role first. */
export interface Accounts {
  list(): Promise<readonly ServedUser[]>
  /** @throws {CertmanError} `name.taken` */
  create(account: {
    readonly name: string
    readonly password: Secret
    readonly role: UserRole
  }): Promise<ServedUser>
  /** @throws {CertmanError} `record.not-found`; `state.refused` for the last admin */
  remove(number: number): Promise<void>
  setPassword(number: number, password: Secret): Promise<void>
  /** @throws {CertmanError} `state.refused` for the last admin */
  setRole(number: number, role: UserRole): Promise<ServedUser>
}

/** API keys of users (IIS `security/api-keys`). Only their hash is kept. */
export interface ApiKeys {
  list(user: ServedUser): Promise<readonly ApiKey[]>
  create(
    user: ServedUser,
    order: { readonly purpose: string; readonly expiresAt: string | null },
  ): Promise<{ readonly key: ApiKey; readonly token: string }>
  edit(
    user: ServedUser,
    id: string,
    change: { readonly purpose?: string; readonly expiresAt?: string | null },
  ): Promise<ApiKey | undefined>
  /** A new token for the same key; the old one is dead. */
  renew(user: ServedUser, id: string): Promise<{ readonly key: ApiKey; readonly token: string } | undefined>
  remove(user: ServedUser, id: string): Promise<boolean>
  /** The key that a token belongs to. */
  keyOf(token: string): Promise<ApiKey | undefined>
}

/** A CRL as everyone may fetch it. */
export interface PublicCrl extends Pick<AuthorityCrl, 'der' | 'row'> {
  /** With its quotes. */
  readonly etag: string
}

/** CRLs are for everyone: what anybody may ask for without a name, at no great cost to a store that lies elsewhere. */
export interface PublicCrls {
  /** All that are served, unguarded. */
  readonly stores: readonly ServedStore[]
  /**
   * The CRL of an authority; undefined when the store has none of that name or id.
   *
   * @throws {CertmanError} what `Store.crl` throws for other reasons; then the next one looks again
   */
  of(served: ServedStore, authority: string): Promise<PublicCrl | undefined>
  /** The authorities of a remote store, as they were some seconds ago; undefined: a store of this machine is asked itself. */
  authorities(served: ServedStore): Promise<readonly ListedRecord[] | undefined>
}

/** Everything that a dialect's server stands on. */
export interface House {
  readonly gate: Gate
  readonly crls: PublicCrls
  readonly ambient: Ambient
  /** Names of all stores that are served, whoever may see them. */
  readonly stores: readonly string[]
  /** `certman` and its version. */
  readonly product: { readonly name: string; readonly version: string }
  /** 16 random bytes that are this server's own and stay the same: seals the opaque ids of IIS. */
  readonly hostKey: Uint8Array
  /** `--set key=value` of `serve`: switches of a dialect; `docs/dialects/*.md` lists them. */
  readonly options: Readonly<Record<string, string>>
  /** Answers that still hold; absent: every answer is made anew. See `remembered`. */
  readonly answers?: AnswerMemory
  /** One line for the server's log; no secrets. */
  readonly log: (line: string) => void
}
