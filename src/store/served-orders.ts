import type { Secret } from '../base/secret.ts'
import type { KeyProtection } from './authority-orders.ts'
import type { Store } from './store.ts'

/** What a server adds to the orders of its users. */
export interface ServerOrders {
  /** The password of the authorities' keys, when the server was given one. */
  readonly password?: Secret | undefined
  /** See `SigningOrder.crlBase`. */
  readonly crlBase?: string | undefined
}

/** A key that would lie in clear lies under the server's password instead, where it has one. */
const kept = <O extends { readonly protection: KeyProtection }>(order: O, password?: Secret): O =>
  password === undefined || 'password' in order.protection ? order : { ...order, protection: { password } }

/**
 * A store whose orders carry the passwords of its authorities and the place of its CRLs by themselves. What an order
 * says already is kept.
 */
export function withServerOrders(store: Store, { password, crlBase }: ServerOrders): Store {
  const key = password === undefined ? {} : { password }
  const base = crlBase === undefined ? {} : { crlBase }
  const parent = password === undefined ? {} : { parentPassword: password }
  const own: Partial<Store> = {
    sign: (target, order, options) => store.sign(target, { ...key, ...base, ...order }, options),
    issue: (requests, order, options) => store.issue(requests, { ...key, ...base, ...order }, options),
    renew: (target, order, options) => store.renew(target, { ...key, ...base, ...order }, options),
    revoke: (targets, order, options) => store.revoke(targets, { ...key, ...order }, options),
    revokeSerials: (...[authority, serials, order, options]: Parameters<Store['revokeSerials']>) =>
      store.revokeSerials(authority, serials, { ...key, ...order }, options),
    release: (targets, order, options) => store.release(targets, { ...key, ...order }, options),
    crl: (authority, order, options) => store.crl(authority, { ...key, ...order }, options),
    createAuthority: (order, options) =>
      store.createAuthority({ ...parent, ...kept(order, password) }, options),
    authorityCsr: (order, options) => store.authorityCsr(kept(order, password), options),
    renewAuthority: (authority, order, options) =>
      store.renewAuthority(authority, { ...key, ...parent, ...order }, options),
  }
  const bound = new Map<unknown, unknown>()
  return new Proxy(store, {
    get(target, name) {
      const replaced = own[name as keyof Store]
      if (replaced !== undefined) return replaced
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      let call = bound.get(value)
      if (!call) bound.set(value, (call = value.bind(target) as unknown))
      return call
    },
  })
}
