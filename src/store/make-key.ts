import { CertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { generateKey, parseKeyType, type GeneratedKey } from '../crypto/generate-key.ts'
import type { RecordSource } from '../domain/records.ts'
import { encryptPkcs8 } from '../formats/pkcs8.ts'
import type { KeyProtection } from './authority-orders.ts'
import type { NewKey } from './store.ts'

/** A new key, open for signing and closed for keeping. */
export interface MadeKey extends GeneratedKey {
  readonly stored: NewKey
}

/**
 * Makes the key of an authority.
 *
 * @throws {CertmanError} `input.invalid` for an unknown type; `password.required` when neither a password nor the
 *   insistence on none is there
 */
export async function makeAuthorityKey(
  keyType: string,
  protection: KeyProtection,
  random: (length: number) => Uint8Array,
): Promise<MadeKey> {
  const type = parseKeyType(keyType)
  requireProtection(protection)
  const key = await generateKey(type)
  return { ...key, stored: protectKey(key, protection, random) }
}

/** @throws {CertmanError} `password.required` */
function requireProtection(protection: KeyProtection): void {
  if ('password' in protection ? protection.password : protection.noPassword && protection.insecure) return
  throw new CertmanError('password.required', 'the key of an authority needs a password', {
    hint: 'give one with --password-file, or insist on none with --no-password --insecure',
  })
}

/** A key as the store keeps it: PBES2 with 600,000 rounds, or plain. */
function protectKey(
  { pkcs8, spki }: GeneratedKey,
  protection: KeyProtection,
  random: (length: number) => Uint8Array,
): NewKey {
  const source: RecordSource = { how: 'generated' }
  if (!('password' in protection)) return { pkcs8, spki, encrypted: false, source }
  const der = encryptPkcs8(pkcs8, protection.password, { random })
  return { pkcs8: new Secret(der), spki, encrypted: true, source }
}
