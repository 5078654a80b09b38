import { notEmpty, Secret } from '../base/secret.ts'
import { encryptPkcs8 } from '../formats/pkcs8.ts'
import type { NewKey } from '../store/store.ts'

/** Under what a key is kept; a dry run writes none, so that none needs to be encrypted. */
export interface KeyKeeping {
  readonly password: Secret | undefined
  readonly dryRun: boolean | undefined
  readonly random: (length: number) => Uint8Array
}

/**
 * A private key (PKCS#8) as the store keeps it: encrypted (PBES2) where there is a password.
 *
 * @throws {CertmanError} `input.invalid` for an empty one
 */
export function keyAtRest(
  pkcs8: Secret,
  { password, dryRun, random }: KeyKeeping,
): Pick<NewKey, 'pkcs8' | 'encrypted'> {
  if (!password) return { pkcs8, encrypted: false }
  notEmpty(password)
  if (dryRun) return { pkcs8, encrypted: true }
  return { pkcs8: new Secret(encryptPkcs8(pkcs8, password, { random })), encrypted: true }
}
