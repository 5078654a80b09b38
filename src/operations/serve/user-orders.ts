import type { Ambient } from '../../base/ambient.ts'
import { CertmanError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import { commandOn } from '../../base/text.ts'
import { hashPassword } from '../../crypto/password-hash.ts'
import type { Claim } from '../../domain/records.ts'
import type { UserRole } from '../../domain/role.ts'
import { getUser, withChangedUser, withoutUser, withUser } from '../../settings/user-changes.ts'
import type { UserBook, UserRecord } from '../../settings/user-records.ts'
import { makeApiKey, makeSharedKey } from './api-tokens.ts'

/** What a user is told to be. `null` takes a limit away. */
export interface UserOrder {
  readonly role?: UserRole
  readonly stores?: readonly string[] | null
  readonly collections?: readonly string[] | null
  readonly claims?: readonly Claim[] | null
  /** `null`: no password any more. */
  readonly password?: Secret | null
  /** Purpose of a new API key. */
  readonly apiKey?: { readonly purpose: string; readonly expiresAt: string | null }
  /** Id of new shared access keys; `null` takes them away. */
  readonly sas?: string | null
}

/** Secrets that were made: told once, and kept nowhere in this form (but for the shared access keys). */
export interface MadeSecrets {
  readonly apiKey?: { readonly id: string; readonly token: string }
  readonly sas?: { readonly id: string; readonly primary: string; readonly secondary: string }
}

/** A user after a change, and what was made. */
export interface UserMaking {
  readonly user: UserRecord
  readonly secrets: MadeSecrets
}

type World = Pick<Ambient, 'now' | 'random'>

const SHORTEST = 8

/** Adds a user. @throws {CertmanError} `name.taken`, `name.invalid`; `input.invalid` for a short password */
export async function addUser(
  book: UserBook,
  { name, ...order }: UserOrder & { readonly name: string; readonly role: UserRole },
  world: World,
): Promise<UserMaking> {
  const fresh: UserRecord = {
    number: 0,
    name,
    role: order.role,
    apiKeys: [],
    createdAt: world.now().toISOString(),
  }
  const { apply, secrets } = await prepare(order, world)
  const user = await book.change((list) => withUser(list, apply(fresh)))
  return { user, secrets }
}

/** Changes a user; what the order does not name stays. @throws {CertmanError} `record.not-found`, `state.refused` */
export async function changeUser(
  book: UserBook,
  { name, ...order }: UserOrder & { readonly name: string },
  world: World,
): Promise<UserMaking> {
  getUser(book.read(), name)
  const { apply, secrets } = await prepare(order, world)
  const user = await book.change((list) => {
    const changed = apply(getUser(list, name))
    return [withChangedUser(list, changed), changed]
  })
  return { user, secrets }
}

/** @throws {CertmanError} `record.not-found`; `state.refused` for the last admin */
export const removeUser = (book: UserBook, name: string): Promise<UserRecord> =>
  book.change((list) => withoutUser(list, name))

/** Takes an API key away. @throws {CertmanError} `record.not-found` */
export function removeApiKey(book: UserBook, name: string, id: string): Promise<UserRecord> {
  return book.change((list) => {
    const user = getUser(list, name)
    if (!user.apiKeys.some((key) => key.id === id))
      throw new CertmanError(
        'record.not-found',
        `${JSON.stringify(user.name)} has no API key ${JSON.stringify(id)}`,
        {
          hint: `see which there are: ${commandOn('serve user key list', user.name)}`,
        },
      )
    const changed = { ...user, apiKeys: user.apiKeys.filter((key) => key.id !== id) }
    return [withChangedUser(list, changed), changed]
  })
}

interface Prepared {
  readonly apply: (user: UserRecord) => UserRecord
  readonly secrets: MadeSecrets
}

/** Everything slow or random, before the users are locked. */
async function prepare(order: UserOrder, { now, random }: World): Promise<Prepared> {
  const { role, stores, collections, claims, apiKey, sas } = order
  const password = order.password && (await hashed(order.password, random))
  const key = apiKey && makeApiKey(apiKey, { random, now: now() })
  const shared = typeof sas === 'string' ? makeSharedKey(sas, random) : sas
  const change = {
    role,
    stores,
    collections,
    claims,
    password: password ?? order.password,
    sharedKey: shared,
  }
  const apply = (user: UserRecord): UserRecord => {
    const apiKeys = key ? [...user.apiKeys, key.record] : user.apiKeys
    const told = Object.entries(change).filter(([, value]) => value !== undefined)
    const all = { ...user, ...Object.fromEntries(told), apiKeys }
    return Object.fromEntries(
      Object.entries(all).filter(([, value]) => value !== null),
    ) as unknown as UserRecord
  }
  const secrets = {
    ...(key && { apiKey: { id: key.record.id, token: key.token } }),
    ...(shared && { sas: shared }),
  }
  return { apply, secrets }
}

async function hashed(password: Secret, random: World['random']): Promise<string> {
  const bytes = password.use((lent) => Uint8Array.from(lent))
  if (password.useText((text) => [...text].length) < SHORTEST)
    throw new CertmanError('input.invalid', `the password has fewer than ${SHORTEST} characters`, {
      hint: 'take a longer one; a password manager makes them',
      field: 'password',
    })
  return hashPassword(bytes, random(16))
}
