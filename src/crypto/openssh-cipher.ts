import { createDecipheriv } from 'node:crypto'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import type { Secret } from '../base/secret.ts'
import { bcryptPbkdf } from './openssh-bcrypt.ts'
import type { PbeWork } from './pbe-work.ts'

/** The ciphers of OpenSSH private keys and what Node calls them; `tag` octets follow the ciphertext. */
const CIPHERS: Readonly<
  Record<string, { node: string; key: number; iv: number; block: number; tag?: number }>
> = {
  'aes128-ctr': { node: 'aes-128-ctr', key: 16, iv: 16, block: 16 },
  'aes192-ctr': { node: 'aes-192-ctr', key: 24, iv: 16, block: 16 },
  'aes256-ctr': { node: 'aes-256-ctr', key: 32, iv: 16, block: 16 },
  'aes128-cbc': { node: 'aes-128-cbc', key: 16, iv: 16, block: 16 },
  'aes192-cbc': { node: 'aes-192-cbc', key: 24, iv: 16, block: 16 },
  'aes256-cbc': { node: 'aes-256-cbc', key: 32, iv: 16, block: 16 },
  '3des-cbc': { node: 'des-ede3-cbc', key: 24, iv: 8, block: 8 },
  'aes128-gcm@openssh.com': { node: 'aes-128-gcm', key: 16, iv: 12, block: 16, tag: 16 },
  'aes256-gcm@openssh.com': { node: 'aes-256-gcm', key: 32, iv: 12, block: 16, tag: 16 },
}

/** The encrypted part of an OpenSSH private key with what the file says about it. */
export interface OpensshCiphertext {
  readonly cipher: string
  readonly salt: Uint8Array
  readonly rounds: number
  readonly ciphertext: Uint8Array
  /** Authentication tag that follows the ciphertext; empty unless the cipher has one. */
  readonly tag: Uint8Array
}

/**
 * Decrypts the private part; whether the password was right is seen by its check numbers.
 *
 * @throws {CertmanError} `format.unsupported` for other ciphers, `password.wrong` when a tag disagrees, `der.malformed`,
 * `limit.exceeded`
 */
export function decryptOpenssh(sealed: OpensshCiphertext, password: Secret, work: PbeWork): Uint8Array {
  const cipher = Object.hasOwn(CIPHERS, sealed.cipher) ? CIPHERS[sealed.cipher] : undefined
  if (!cipher)
    throw new CertmanError('format.unsupported', `OpenSSH key encrypted with ${printable(sealed.cipher)}`, {
      hint: 'encrypt it anew with a common cipher: ssh-keygen -p -Z aes256-ctr -f KEY',
    })
  if (sealed.ciphertext.length % cipher.block !== 0 || sealed.tag.length !== (cipher.tag ?? 0))
    throw new CertmanError('der.malformed', 'OpenSSH key whose encrypted part has a wrong length')
  const length = cipher.key + cipher.iv
  const derived = bcryptPbkdf(password, sealed.salt, { rounds: sealed.rounds, length, work })
  const decipher = createDecipheriv(
    cipher.node,
    derived.subarray(0, cipher.key),
    derived.subarray(cipher.key),
  )
  decipher.setAutoPadding(false)
  if (cipher.tag !== undefined && 'setAuthTag' in decipher)
    (decipher as { setAuthTag(tag: Uint8Array): void }).setAuthTag(sealed.tag)
  try {
    return new Uint8Array(Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]))
  } catch (cause) {
    throw new CertmanError('password.wrong', 'the password does not open the OpenSSH key', { cause })
  }
}
