import { CertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import type { UserList, UserRecord } from './user-records.ts'

/** User names compare without case. */
export const findUser = (list: UserList, name: string): UserRecord | undefined => {
  const folded = name.toLowerCase()
  return list.users.find((user) => user.name.toLowerCase() === folded)
}

/** @throws {CertmanError} `record.not-found` */
export function getUser(list: UserList, who: string | number): UserRecord {
  const user = typeof who === 'number' ? list.users.find(({ number }) => number === who) : findUser(list, who)
  if (user) return user
  throw new CertmanError('record.not-found', `no user ${JSON.stringify(who)}`, {
    hint: 'see who there is: certman serve user list',
  })
}

/**
 * A name that goes into Basic authentication (RFC 7617 section 2: no colon), logs and messages.
 *
 * @throws {CertmanError} `name.invalid`
 */
export function checkUserName(name: string): string {
  if (name === name.trim() && /^[^\p{C}:\\\s][^\p{C}:\\]{0,99}$/u.test(name)) return name
  throw new CertmanError('name.invalid', `${JSON.stringify(name)} is no user name`, {
    hint: 'a user name has 1 to 100 characters, no colon, no backslash, no control character',
    field: 'name',
  })
}

/** A list with one more user. @throws {CertmanError} `name.taken`, `name.invalid` */
export function withUser(
  list: UserList,
  user: Omit<UserRecord, 'number'>,
): readonly [next: UserList, added: UserRecord] {
  checkUserName(user.name)
  if (findUser(list, user.name))
    throw new CertmanError('name.taken', `there is a user ${JSON.stringify(user.name)} already`, {
      hint: `change it with: ${commandOn('serve user edit', user.name)}`,
      field: 'name',
    })
  requireFreeKey(list, user)
  const added = { ...user, number: list.nextNumber }
  return [{ ...list, nextNumber: list.nextNumber + 1, users: [...list.users, added] }, added]
}

/** A list with one user changed. @throws {CertmanError} `state.refused` when no admin would be left */
export function withChangedUser(list: UserList, changed: UserRecord): UserList {
  requireFreeKey(list, changed)
  const users = list.users.map((user) => (user.number === changed.number ? changed : user))
  return requireAdmin(list, { ...list, users })
}

/** A list without one user. @throws {CertmanError} `record.not-found`, `state.refused` for the last admin */
export function withoutUser(
  list: UserList,
  who: string | number,
): readonly [next: UserList, gone: UserRecord] {
  const gone = getUser(list, who)
  return [requireAdmin(list, { ...list, users: list.users.filter((user) => user !== gone) }), gone]
}

const hasAdmin = ({ users }: UserList): boolean => users.some(({ role }) => role === 'admin')

function requireAdmin(before: UserList, after: UserList): UserList {
  if (hasAdmin(after) || !hasAdmin(before)) return after
  throw new CertmanError('state.refused', 'the last admin stays admin', {
    hint: 'make another one first: certman serve user add NAME --role admin',
  })
}

/** The `uid` of a token stands before `&`. @throws {CertmanError} `input.invalid` */
function checkKeyId(id: string): void {
  if (/^[^\s&\p{C}]{1,100}$/u.test(id)) return
  throw new CertmanError('input.invalid', `${JSON.stringify(id)} is no id for shared access keys`, {
    hint: 'give one without blanks and &: --sas-id ID',
    field: 'sas-id',
  })
}

function requireFreeKey(list: UserList, { name, sharedKey }: Pick<UserRecord, 'name' | 'sharedKey'>): void {
  if (sharedKey) checkKeyId(sharedKey.id)
  const holder =
    sharedKey &&
    list.users.find(
      (user) => user.sharedKey?.id === sharedKey.id && user.name.toLowerCase() !== name.toLowerCase(),
    )
  if (holder)
    throw new CertmanError(
      'name.taken',
      `the shared access key ${JSON.stringify(sharedKey.id)} belongs to ${JSON.stringify(holder.name)}`,
      { field: 'sas' },
    )
}
