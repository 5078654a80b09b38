import { CertmanError } from '../base/errors.ts'
import type { Abilities, Store } from './store.ts'

/** A verb that a store may lack, as `can` names it. */
export type Ability = Exclude<keyof Abilities, 'list' | 'authorityIsFixed'>

/** The abilities as deeds: "cannot …". */
export const DEEDS: Readonly<Record<Ability, string>> = {
  import: 'import certificates',
  exportCertificate: 'give out certificates',
  exportKey: 'give out private keys',
  exportRequest: 'give out the bytes of requests',
  edit: 'edit records',
  delete: 'delete records',
  request: 'take requests',
  sign: 'sign requests',
  reject: 'reject requests',
  revoke: 'revoke certificates',
  attach: 'attach certificates to requests',
  renew: 'renew certificates',
  trash: 'bring back what was deleted',
  createAuthority: 'make authorities',
  editAuthority: 'change authorities',
  crl: 'give out CRLs',
  profiles: 'keep profiles',
}

/** Whether a store keeps private keys that it is given; one that does not would lose them. */
export const keepsKeys = ({ can }: Pick<Store, 'can'>): boolean => can.list.includes('key')

/** Whether a store is of our own kind, and no vendor's: only ours keep profiles, and never give an id other bytes. */
export const isOwn = ({ can }: Pick<Store, 'can'>): boolean => can.profiles

/**
 * Refuses what a store cannot do before anything is asked, read or sent.
 *
 * @throws {CertmanError} `store.unsupported`, in the store's own words where it has some
 */
export function requireAbility(store: Pick<Store, 'can' | 'refusal'>, ability: Ability): void {
  if (!store.can[ability]) throw refusalOf(store, ability)
}

/** The refusal of what a store cannot do. */
export const refusalOf = (store: Pick<Store, 'refusal'>, ability: Ability): CertmanError =>
  store.refusal?.(ability) ?? new CertmanError('store.unsupported', `the store cannot ${DEEDS[ability]}`)
