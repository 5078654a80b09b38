import { createHash } from 'node:crypto'
import { concat } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import type { Secret } from '../base/secret.ts'
import { CBC_CIPHERS, decrypt, streamKeyLength, type CbcName } from './cipher.ts'

/** What a `DEK-Info` header says (RFC 1421 section 4.6.1.3, with the cipher names of OpenSSL). */
export interface DekInfo {
  /** As it stands in the file: `AES-256-CBC`, `DES-EDE3-CBC` … */
  readonly cipher: string
  readonly iv: Uint8Array
}

/**
 * Decrypts OpenSSL's traditional PEM encryption: one round of MD5 over password and salt (EVP_BytesToKey), mostly CBC.
 *
 * @throws {CertmanError} `password.wrong` (a wrong password passes in 1 of 256 cases, and always with CFB, OFB and CTR:
 * look at what comes out),
 * `format.unsupported` for other ciphers, `der.malformed`
 */
export function decryptTraditionalPem(dek: DekInfo, password: Secret, ciphertext: Uint8Array): Uint8Array {
  const name = dek.cipher.toLowerCase()
  const rc2Bits = Object.hasOwn(RC2_BITS, name) ? RC2_BITS[name] : undefined
  if (rc2Bits !== undefined) {
    const key = bytesToKey(password, dek.iv, rc2Bits / 8)
    return decrypt({ kind: 'rc2', effectiveBits: rc2Bits, iv: dek.iv }, key, ciphertext)
  }
  const streamLength = streamKeyLength(name)
  if (streamLength !== undefined) {
    const key = bytesToKey(password, dek.iv, streamLength)
    return decrypt({ kind: 'stream', name, iv: dek.iv }, key, ciphertext)
  }
  if (!Object.hasOwn(CBC_CIPHERS, name))
    throw new CertmanError('format.unsupported', `private key encrypted with ${printable(dek.cipher)}`, {
      hint: 'decrypt it first: openssl pkey -provider legacy -provider default -in FILE -out KEY',
    })
  const cipher = name as CbcName
  const key = bytesToKey(password, dek.iv, CBC_CIPHERS[cipher].key)
  return decrypt({ kind: 'cbc', name: cipher, iv: dek.iv }, key, ciphertext)
}

/** Key and effective bits of OpenSSL's RC2 ciphers. */
const RC2_BITS: Readonly<Record<string, number>> = { 'rc2-cbc': 128, 'rc2-64-cbc': 64, 'rc2-40-cbc': 40 }

/** The salt is the beginning of the IV. */
function bytesToKey(password: Secret, iv: Uint8Array, length: number): Uint8Array {
  const salt = iv.subarray(0, 8)
  return password.use((bytes) => {
    const blocks: Uint8Array[] = []
    for (let made = 0; made < length; made += 16) {
      const hash = createHash('md5').update(blocks.at(-1) ?? new Uint8Array())
      blocks.push(hash.update(bytes).update(salt).digest())
    }
    return concat(blocks).subarray(0, length)
  })
}
