import { sameText } from '../../crypto/password-hash.ts'
import type { HashCost } from '../../crypto/password-hash.ts'
import type { Access, Accounts, ApiKeys, Gate, ServedUser } from '../../dialects/house.ts'
import { findUser } from '../../settings/user-changes.ts'
import type { ApiKeyRecord, UserBook, UserList, UserRecord } from '../../settings/user-records.ts'
import { accessOf, type ServedPlace } from './access.ts'
import { accountsOf } from './accounts.ts'
import { apiKeysOf } from './api-keys.ts'
import { isLive, tokenHash } from './api-tokens.ts'
import { Attempts } from './attempts.ts'
import { PasswordCheck, type Guess } from './passwords.ts'
import { Sessions } from './sessions.ts'

/** What a gate stands on. */
export interface GateSetup {
  readonly book: UserBook
  readonly places: readonly ServedPlace[]
  readonly ambient: { readonly now: () => Date; readonly random: (length: number) => Uint8Array }
  /** Of passwords that are set through it; the default is `DEFAULT_COST`. */
  readonly cost?: HashCost
}

/** Checks credentials against the users of the book; rights are those of the moment. */
export function makeGate(setup: GateSetup): Gate {
  return new BookGate(setup)
}

class BookGate implements Gate {
  readonly accounts: Accounts
  readonly apiKeys: ApiKeys
  readonly #setup: GateSetup
  readonly #attempts: Attempts
  readonly #passwords: PasswordCheck
  readonly #sessions: Sessions
  readonly #known = new WeakMap<UserRecord, Access>()
  readonly #tokens = new WeakMap<UserList, ReadonlyMap<string, readonly [UserRecord, ApiKeyRecord]>>()

  #stood: { readonly list: UserList; readonly guesses: number } | undefined

  constructor(setup: GateSetup) {
    this.#setup = setup
    this.#attempts = new Attempts(setup.ambient.now)
    this.#passwords = new PasswordCheck(setup.ambient)
    this.#sessions = new Sessions(setup.ambient)
    this.accounts = accountsOf(setup)
    this.apiKeys = apiKeysOf(setup, (token) => this.#keyOf(token))
  }

  get standing(): object {
    const list = this.#setup.book.read()
    const guesses = this.#attempts.changes
    if (this.#stood?.list !== list || this.#stood.guesses !== guesses) this.#stood = { list, guesses }
    return this.#stood
  }

  async password(given: string, password: string, from = ''): Promise<Access | undefined> {
    const name = given.slice(given.lastIndexOf('\\') + 1)
    // before what is known: else who guesses would go on, free of charge, at a user who is at work
    if (this.#attempts.isShut(name, from)) return undefined
    const user = findUser(this.#setup.book.read(), name)
    const hash = user?.password
    const isRight =
      hash !== undefined && this.#passwords.isKnown(password, hash)
        ? true
        : await this.#guess({ name, password, hash }, from)
    return isRight && user ? this.#access(user) : undefined
  }

  /** Clients of one user begin many connections at once: the same guess counts once. */
  async #guess(guess: Guess, from: string): Promise<boolean> {
    const same = this.#passwords.underWay(guess)
    if (same) return same
    const { name } = guess
    if (!this.#attempts.begin(name, from)) return false
    try {
      const isRight = await this.#passwords.check(guess)
      if (isRight) this.#attempts.succeeded(name, from)
      return isRight
    } catch (error) {
      this.#attempts.takeBack(name, from)
      throw error
    }
  }

  async apiKey(token: string): Promise<Access | undefined> {
    const found = this.#keyOf(token)
    return found && this.#access(found[0])
  }

  async signature(id: string, signature: string, sign: (key: string) => string): Promise<Access | undefined> {
    const user = this.#setup.book.read().users.find(({ sharedKey }) => sharedKey?.id === id)
    const { primary, secondary } = user?.sharedKey ?? { primary: '', secondary: '' }
    // both are tried always: how long it takes tells nothing
    const fits = [primary, secondary].map((key) => sameText(sign(key), signature))
    return user && fits.some(Boolean) ? this.#access(user) : undefined
  }

  async session(token: string): Promise<Access | undefined> {
    const session = this.#sessions.find(token)
    const user = session && this.#user(session.user)
    return user && stampOf(user) === session.stamp ? this.#access(user) : undefined
  }

  async openSession({ number }: ServedUser, seconds: number): Promise<string> {
    const user = this.#user(number)
    return this.#sessions.open(number, user ? stampOf(user) : '', seconds)
  }

  async closeSession(token: string): Promise<void> {
    this.#sessions.close(token)
  }

  #user(number: number): UserRecord | undefined {
    return this.#setup.book.read().users.find((user) => user.number === number)
  }

  /** Records are never changed, only replaced: what was found out of one holds. */
  #access(user: UserRecord): Access | undefined {
    const known = this.#known.get(user)
    if (known) return known
    const { places, ambient } = this.#setup
    const access = accessOf(user, places, ambient.now)
    if (access) this.#known.set(user, access)
    return access
  }

  #keyOf(token: string): readonly [UserRecord, ApiKeyRecord] | undefined {
    const list = this.#setup.book.read()
    let tokens = this.#tokens.get(list)
    if (!tokens) {
      tokens = new Map(
        list.users.flatMap((user) => user.apiKeys.map((key) => [key.hash, [user, key]] as const)),
      )
      this.#tokens.set(list, tokens)
    }
    const found = tokens.get(tokenHash(token))
    return found && isLive(found[1], this.#setup.ambient.now()) ? found : undefined
  }
}

const stampOf = ({ password = '', role }: UserRecord): string => `${role} ${password}`
