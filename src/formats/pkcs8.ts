import { CertmanError, isCertmanError } from '../base/errors.ts'
import { notEmpty, Secret } from '../base/secret.ts'
import { contentOf, DerReader, TAG } from '../asn1/reader.ts'
import { octetString, sequence } from '../asn1/writer.ts'
import { decryptWithForm, encryptWithPbes2, type Pbes2Options } from '../crypto/pbe.ts'
import { passwordForms } from '../crypto/pbe-password.ts'
import { PbeWork } from '../crypto/pbe-work.ts'
import { readPrivateKeyInfo } from '../crypto/private-key-info.ts'

/**
 * Opens an EncryptedPrivateKeyInfo (RFC 5958 section 3).
 *
 * @param der definite lengths
 * @param work account of the file that the key stands in
 * @returns PKCS#8 PrivateKeyInfo
 * @throws {CertmanError} `password.wrong` also when what comes out is no private key; `format.unsupported`,
 * `limit.exceeded`, `der.malformed`
 */
export function decryptPkcs8(der: Uint8Array, password: Secret, work = new PbeWork()): Secret {
  const reader = DerReader.whole(der, 'an encrypted private key')
  const algorithm = reader.read(TAG.sequence, 'the encryption algorithm')
  const ciphertext = contentOf(reader.read(TAG.octetString, 'the encrypted key'))
  reader.finish('encrypted private key')
  // an ASCII password has but one spelling; for others old writers had several
  const isAscii = password.use((bytes) => bytes.every((byte) => byte < 0x80))
  const forms = isAscii ? passwordForms(password).slice(0, 1) : passwordForms(password)
  for (const form of forms) {
    try {
      const plain = decryptWithForm({ algorithm, ciphertext }, form, work)
      if (looksLikeKey(plain)) return new Secret(plain)
    } catch (cause) {
      if (!isCertmanError(cause, 'password.wrong')) throw cause
    }
  }
  throw new CertmanError('password.wrong', 'the password does not open the encrypted private key')
}

/** A wrong key gives good padding once in 256 times, but hardly ever a PrivateKeyInfo. */
function looksLikeKey(plain: Uint8Array): boolean {
  try {
    readPrivateKeyInfo(plain)
    return true
  } catch {
    return false
  }
}

/**
 * EncryptedPrivateKeyInfo under PBES2 (RFC 8018 section 6.2): AES-256-CBC and 600,000 rounds of PBKDF2 with
 * HMAC-SHA256, unless `options` says otherwise.
 *
 * @returns DER, for a PEM block labelled `ENCRYPTED PRIVATE KEY`
 * @throws {CertmanError} `input.invalid` for an empty password
 */
export function encryptPkcs8(pkcs8: Secret, password: Secret, options: Pbes2Options): Uint8Array {
  const { algorithm, ciphertext } = encryptWithPbes2(pkcs8, notEmpty(password), options)
  return sequence(algorithm, octetString(ciphertext))
}
