import type { Claim } from '../domain/records.ts'
import type { UserRole } from '../domain/role.ts'

/** An API key: the token is known to its owner only. */
export interface ApiKeyRecord {
  readonly id: string
  readonly purpose: string
  readonly createdAt: string
  readonly modifiedAt: string
  /** `null`: never. */
  readonly expiresAt: string | null
  /** SHA-256 of the token, hex. */
  readonly hash: string
}

/** Keys of shared access signatures: they have to be readable, because each signature is made with them again. */
export interface SharedKeyRecord {
  /** The `uid` of the tokens. */
  readonly id: string
  readonly primary: string
  readonly secondary: string
}

/** One user of `serve`, as the users file keeps it. */
export interface UserRecord {
  readonly number: number
  readonly name: string
  readonly role: UserRole
  /** Instead of those of the role. */
  readonly claims?: readonly Claim[]
  /** Names of stores; absent: all that are served. */
  readonly stores?: readonly string[]
  /** Numbers or names of collections: only certificates that fit one of them are there for this user. */
  readonly collections?: readonly string[]
  /** `scrypt$…`; absent: no password. */
  readonly password?: string
  readonly apiKeys: readonly ApiKeyRecord[]
  readonly sharedKey?: SharedKeyRecord
  readonly createdAt: string
}

/** What the users file says. */
export interface UserList {
  readonly format: 1
  /** Numbers are never given twice. */
  readonly nextNumber: number
  /** 16 bytes in base64, this server's own. */
  readonly hostKey: string
  readonly users: readonly UserRecord[]
}

/** Where users are kept. */
export interface UserBook {
  /** The users of this moment. @throws {CertmanError} `settings.invalid` */
  read(): UserList
  /**
   * One change at a time, durable when it resolves.
   *
   * @param change answers the new list and what the caller wants to know; what it throws changes nothing
   */
  change<T>(change: (list: UserList) => readonly [next: UserList, result: T]): Promise<T>
}

/** @param random 16 bytes */
export const emptyUserList = (random: Uint8Array): UserList => ({
  format: 1,
  nextNumber: 1,
  hostKey: Buffer.from(random).toString('base64'),
  users: [],
})

/** Users that live as long as the process: for tests and for servers in other programs. */
export function memoryUserBook(list: UserList): UserBook {
  let current = list
  return {
    read: () => current,
    async change(change) {
      const [next, result] = change(current)
      current = next
      return result
    },
  }
}
