import { parseKeyType, type KeyType } from '../../crypto/generate-key.ts'
import type { House } from '../house.ts'

/** Switches of `certman serve --set d9tready.…=…`; `readSwitches` has looked at their values. */
export interface ServerOptions {
  /** Whether whoever may export keys gets them from `GET /rest/privatekeys/<ID>`. */
  readonly givesKeys: boolean
  /** Whether all eight members of a new certificate must be there and filled. */
  readonly isStrict: boolean
  /** Validity of self-signed certificates. */
  readonly days: number
  readonly keyType: KeyType
  /** Name of the store that takes new keys. */
  readonly store: string | undefined
}

/** The switches, or what stands for them. */
export const readOptions = ({ options }: Pick<House, 'options'>): ServerOptions => ({
  givesKeys: options['d9tready.private-keys'] !== 'no',
  isStrict: options['d9tready.strict'] === 'yes',
  days: Number(options['d9tready.days'] ?? 3650),
  keyType: parseKeyType(options['d9tready.key-type'] ?? 'rsa-2048'),
  store: options['d9tready.store'],
})
