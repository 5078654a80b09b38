import { CertmanError } from '../base/errors.ts'
import { isObject } from './json.ts'
import { isPasswordHash } from '../crypto/password-hash.ts'
import { CLAIMS } from '../domain/records.ts'
import { USER_ROLES } from '../domain/role.ts'
import type { UserList } from './user-records.ts'

type Fields = Readonly<Record<string, unknown>>
type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string' && value !== ''
const isNumber: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0
const oneOf =
  (known: readonly string[]): Check =>
  (value) =>
    known.includes(value as string)
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const fits =
  (shape: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && faultOf(value, shape) === undefined

/** The first field that is unknown or not as it must be. */
function faultOf(fields: Fields, shape: Readonly<Record<string, Check>>): string | undefined {
  const unknown = Object.keys(fields).find((name) => !Object.hasOwn(shape, name))
  return unknown ?? Object.keys(shape).find((name) => !shape[name]!(fields[name]))
}

const isInstant: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))

const API_KEY = {
  id: isText,
  purpose: (value: unknown) => typeof value === 'string',
  createdAt: isInstant,
  modifiedAt: isInstant,
  expiresAt: (value: unknown) => value === null || isInstant(value),
  hash: (value: unknown) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
}

const USER = {
  number: isNumber,
  name: isText,
  role: oneOf(USER_ROLES),
  claims: optional(listOf(oneOf(CLAIMS))),
  stores: optional(listOf(isText)),
  collections: optional(listOf(isText)),
  password: optional((value) => typeof value === 'string' && isPasswordHash(value)),
  apiKeys: listOf(fits(API_KEY)),
  sharedKey: optional(fits({ id: isText, primary: isText, secondary: isText })),
  createdAt: isInstant,
}

const LIST = {
  format: (value: unknown) => value === 1,
  nextNumber: isNumber,
  hostKey: (value: unknown) => typeof value === 'string' && Buffer.from(value, 'base64').length === 16,
  users: (value: unknown) => Array.isArray(value),
}

/**
 * Reads users from JSON. Unknown fields are refused: a typing error must not open a door.
 *
 * @param file shown in messages
 * @throws {CertmanError} `settings.invalid` naming the user and the field
 */
export function checkUserList(value: unknown, file: string): UserList {
  const invalid = (what: string): CertmanError => new CertmanError('settings.invalid', `${file}: ${what}`)
  if (!isObject(value)) throw invalid('the users must be a JSON object')
  const fault = faultOf(value, LIST)
  if (fault !== undefined) throw invalid(`the field ${JSON.stringify(fault)} is not as it must be`)
  const names = new Set<string>()
  for (const [at, user] of (value['users'] as readonly unknown[]).entries()) {
    if (!isObject(user)) throw invalid(`user ${at + 1} is no object`)
    const wrong = faultOf(user, USER)
    const who = JSON.stringify(user['name'] ?? `number ${at + 1}`)
    if (wrong !== undefined)
      throw invalid(`the field ${JSON.stringify(wrong)} of the user ${who} is not as it must be`)
    const folded = String(user['name']).toLowerCase()
    if (names.has(folded)) throw invalid(`the user ${who} is there twice`)
    names.add(folded)
  }
  return value as unknown as UserList
}
