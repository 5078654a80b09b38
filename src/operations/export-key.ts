import { CertmanError, isCertmanError } from '../base/errors.ts'
import { notEmpty, Secret } from '../base/secret.ts'
import type { JsonObject } from '../base/json.ts'
import type { PasswordSource } from '../formats/items.ts'
import { decryptPkcs8, encryptPkcs8 } from '../formats/pkcs8.ts'
import { writePem } from '../formats/pem.ts'
import { keepsKeys } from '../store/abilities.ts'
import type { Store } from '../store/store.ts'
import type { ExportRequest, ExportTools } from './export-records.ts'

/**
 * Lets pass the private keys that may leave the store.
 *
 * @param row of the certificate, request or key that names the key
 * @throws {CertmanError} `key.missing`, `key.not-exportable`
 */
export async function exportableKeyId(
  store: Store,
  kind: string,
  row: JsonObject & { id: string },
): Promise<string> {
  const keyId = kind === 'key' ? row.id : row['keyId']
  if (typeof keyId !== 'string') throw missingKey(store, `${kind} ${row.id}`)
  // a server may know of keys only through their certificates
  const isListed = kind !== 'key' && store.can.list.includes('key')
  const key = isListed ? await store.resolve({ kind: 'key', by: 'text', text: keyId }) : row
  if (row['exportable'] === false || key['exportable'] === false)
    throw new CertmanError(
      'key.not-exportable',
      `the private key of ${kind} ${row.id} is marked not exportable`,
    )
  return keyId
}

/**
 * The refusal where the store has no key.
 *
 * @param orElse what can be done without one
 */
export function missingKey(store: Store, what: string, orElse = ''): CertmanError {
  const first = keepsKeys(store)
    ? 'import the private key first: certman import KEYFILE'
    : 'import it once more, together with its private key: certman import FILE'
  return new CertmanError('key.missing', `the store holds no private key for ${what}`, {
    hint: `${first}${orElse}`,
  })
}

/**
 * A key of the store, opened with its own password where it is kept encrypted.
 *
 * @throws {CertmanError} `password.required`, `password.wrong`
 */
export async function openKey(store: Store, id: string, password: PasswordSource): Promise<Secret> {
  const { encrypted, pkcs8 } = await store.key(id)
  if (!encrypted) return pkcs8
  const what = 'encrypted private key'
  for (let attempt = 1; ; attempt++) {
    const secret = await password({ file: `keys/${id.slice(0, 16)}`, what, attempt })
    if (!secret) throw noPassword(attempt, `the ${what} keys/${id.slice(0, 16)}`)
    try {
      return pkcs8.use((der) => decryptPkcs8(der, secret))
    } catch (error) {
      if (!isCertmanError(error, 'password.wrong')) throw error
    }
  }
}

const noPassword = (attempt: number, what: string): CertmanError =>
  attempt === 1
    ? new CertmanError('password.required', `${what} needs its password`, {
        hint: 'give it with --key-password-file, --key-password-env or --key-password-command',
      })
    : new CertmanError('password.wrong', `wrong password for ${what}`)

/**
 * The password for what is written. Leaving a private key without one must be said in so many words.
 *
 * @returns undefined when a plain key is wanted
 * @throws {CertmanError} `password.required`, `input.invalid` for an empty one
 */
export async function outputPassword(
  request: Pick<ExportRequest, 'password' | 'noPassword'>,
  tools: ExportTools,
  need: { readonly file: string; readonly what: string },
): Promise<Secret | undefined> {
  if (request.noPassword) return undefined
  const secret = request.password ?? (await tools.newPassword({ ...need, attempt: 1 }))
  if (secret) return notEmpty(secret, 'give another one, or say --no-password')
  throw new CertmanError('password.required', `the ${need.what} would leave the store without a password`, {
    hint: 'give one with --password-file, --password-env or --password-command, or say --no-password',
  })
}

/** A private key as PKCS#8: encrypted with `password` (PBES2), or plain without one. */
export function writeKey(
  key: Secret,
  password: Secret | undefined,
  { encoding, random }: { readonly encoding: 'pem' | 'der'; readonly random: (length: number) => Uint8Array },
): Uint8Array {
  const label = password ? 'ENCRYPTED PRIVATE KEY' : 'PRIVATE KEY'
  const der = password ? encryptPkcs8(key, password, { random }) : key.use((bytes) => bytes)
  return encoding === 'der' ? der : new TextEncoder().encode(writePem(label, der))
}
