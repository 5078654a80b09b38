import { CLAIMS, type Claim } from './records.ts'

/** The roles that a user of `serve` can have, the most powerful first. */
export const USER_ROLES = ['admin', 'manager', 'requestor', 'reader'] as const
export type UserRole = (typeof USER_ROLES)[number]

/** What each role may do in a store, unless the user was given claims by name. */
export const ROLE_CLAIMS: Readonly<Record<UserRole, readonly Claim[]>> = {
  admin: CLAIMS,
  manager: CLAIMS,
  requestor: ['create'],
  reader: ['read'],
}

/** Whether a user of that role sees its own requests and their certificates only, whatever its claims. */
export const seesOwnOnly = (role: UserRole): boolean => role === 'requestor'

/** Whether that role manages everything: profiles, collections, the trash, accounts, and authorities with their keys. */
export const administers = (role: UserRole): boolean => role === 'admin'

/** Whether that role makes and manages authorities, but not their keys, unless claims or collections limit the user. */
export const managesAuthorities = (role: UserRole): boolean => role === 'admin' || role === 'manager'
