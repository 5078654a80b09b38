import { CertmanError, isCertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import { decryptPkcs8 } from '../formats/pkcs8.ts'
import type { ListedRecord, MutationOptions, Outcome, Store } from '../store/store.ts'
import { keyAtRest, type KeyKeeping } from './key-at-rest.ts'

/** A private key of a store, opened. */
export interface OpenedKey {
  readonly id: string
  readonly pkcs8: Secret
}

/**
 * Opens the private key of a record with the password that it is kept under.
 *
 * @param row of a key, or of the certificate, request or authority whose key is meant
 * @param what the key in words, for messages: `the private key of "web"`
 * @throws {CertmanError} `key.missing`, `password.required`, `password.wrong`
 */
export async function openKeptKey(
  store: Store,
  { kind, row, what }: { readonly kind: string; readonly row: ListedRecord; readonly what: string },
  password: Secret | undefined,
): Promise<OpenedKey> {
  const id = kind === 'key' ? row.id : row['keyId']
  if (typeof id !== 'string') throw new CertmanError('key.missing', `${what} is not in the store`)
  const { encrypted, pkcs8 } = await store.key(id)
  if (!encrypted) return { id, pkcs8 }
  if (!password) throw new CertmanError('password.required', `${what} needs its password`)
  try {
    return { id, pkcs8: pkcs8.use((der) => decryptPkcs8(der, password)) }
  } catch (cause) {
    if (!isCertmanError(cause, 'password.wrong')) throw cause
    throw new CertmanError('password.wrong', `the password does not open ${what}`, { cause })
  }
}

/**
 * Keeps an opened key under another password, or under none.
 *
 * @throws {CertmanError} `policy.refused` for the key of an authority without a password and without insistence
 */
export function changeKeyPassword(
  store: Store,
  { id, pkcs8 }: OpenedKey,
  { insecure, ...keeping }: KeyKeeping & { readonly insecure: boolean },
): Promise<Outcome> {
  const options: MutationOptions = { dryRun: keeping.dryRun === true }
  return store.edit({ kind: 'key', id }, { keptAs: { ...keyAtRest(pkcs8, keeping), insecure } }, options)
}
