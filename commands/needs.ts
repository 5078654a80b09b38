import type { Ability } from '../src/store/abilities.ts'

/**
 * What a store must be able to do for a verb. Checked before the verb asks for anything; verbs that need one thing or
 * another (import, sign, export) look for themselves.
 */
export const NEEDS: Readonly<Record<string, Ability>> = {
  edit: 'edit',
  password: 'edit',
  delete: 'delete',
  restore: 'trash',
  'trash list': 'trash',
  'trash empty': 'trash',
  request: 'request',
  reject: 'reject',
  revoke: 'revoke',
  hold: 'revoke',
  release: 'revoke',
  renew: 'renew',
  'ca create': 'createAuthority',
  'ca import': 'createAuthority',
  'ca csr': 'createAuthority',
  'ca install': 'createAuthority',
  'ca renew': 'editAuthority',
  'ca edit': 'editAuthority',
  'ca enable': 'editAuthority',
  'ca disable': 'editAuthority',
  'ca crl': 'crl',
  'ca profile add': 'profiles',
  'ca profile remove': 'profiles',
  'ca profile list': 'profiles',
  'ca profile show': 'profiles',
}
