import { sign, type KeyObject } from 'node:crypto'

/** A private key, and what node:crypto is told when it signs. May go to another thread: the key stays a `KeyObject`. */
export interface SigningKey {
  readonly key: KeyObject
  readonly digest: string | null
  readonly options?: { readonly padding: number; readonly saltLength: number }
}

/** Signs one message. @throws what node:crypto throws */
export const signWith = ({ key, digest, options }: SigningKey, message: Uint8Array): Uint8Array =>
  sign(digest, message, options ? { key, ...options } : key)
