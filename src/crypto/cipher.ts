import { createCipheriv, createDecipheriv, getCipherInfo } from 'node:crypto'

import { concat } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { rc2CbcDecrypt } from './rc2.ts'
import { rc4 } from './rc4.ts'

/** A cipher with its parameters settled; lengths in bytes. */
export type Cipher =
  | { readonly kind: 'cbc'; readonly name: CbcName; readonly iv: Uint8Array }
  | { readonly kind: 'gcm'; readonly name: GcmName; readonly iv: Uint8Array; readonly tagLength: number }
  | { readonly kind: 'rc2'; readonly effectiveBits: number; readonly iv: Uint8Array }
  | { readonly kind: 'rc4' }
  | { readonly kind: 'stream'; readonly name: string; readonly iv: Uint8Array }

/** Block ciphers in CBC mode that Node has, and single DES made of triple DES with one key. */
export const CBC_CIPHERS = {
  'aes-128-cbc': { key: 16, block: 16 },
  'aes-192-cbc': { key: 24, block: 16 },
  'aes-256-cbc': { key: 32, block: 16 },
  'camellia-128-cbc': { key: 16, block: 16 },
  'camellia-192-cbc': { key: 24, block: 16 },
  'camellia-256-cbc': { key: 32, block: 16 },
  'aria-128-cbc': { key: 16, block: 16 },
  'aria-192-cbc': { key: 24, block: 16 },
  'aria-256-cbc': { key: 32, block: 16 },
  'sm4-cbc': { key: 16, block: 16 },
  'des-ede3-cbc': { key: 24, block: 8 },
  'des-ede-cbc': { key: 16, block: 8 },
  'des-cbc': { key: 8, block: 8 },
} as const
export type CbcName = keyof typeof CBC_CIPHERS

/** AES-GCM by key length in bytes. */
export const GCM_CIPHERS = { 'aes-128-gcm': 16, 'aes-192-gcm': 24, 'aes-256-gcm': 32 } as const
export type GcmName = keyof typeof GCM_CIPHERS

/**
 * Length of the key of a block cipher that is used as a stream (CFB, OFB, CTR), under OpenSSL's name for it;
 * undefined for every other name.
 */
export function streamKeyLength(name: string): number | undefined {
  const isStream =
    /^(?:(?:aes|camellia|aria)-(?:128|192|256)-(?:cfb[18]?|ofb|ctr)|sm4-(?:cfb|ofb|ctr)|des(?:-ede3?)?-(?:cfb|ofb))$/.test(
      name,
    )
  return isStream ? getCipherInfo(name)?.keyLength : undefined
}

const wrongPassword = (): CertmanError =>
  new CertmanError('password.wrong', 'the password does not open the encrypted part')

const damaged = (what: string): CertmanError =>
  new CertmanError('der.malformed', `damaged encryption: ${what}`)

/**
 * The plain bytes, padding removed (RFC 8018 section 6.1.1).
 *
 * @param key as long as the cipher wants it
 * @throws {CertmanError} `password.wrong` when padding or tag do not fit: with CBC a wrong key is noticed in 255 of
 * 256 cases only, so that the caller must look at what comes out; `der.malformed` for impossible lengths
 */
export function decrypt(cipher: Cipher, key: Uint8Array, input: Uint8Array): Uint8Array {
  if (cipher.kind === 'rc4') return rc4(key, input)
  if (cipher.kind === 'gcm') return decryptGcm(cipher, key, input)
  if (cipher.kind === 'stream') return decryptStream(cipher, key, input)
  const block = cipher.kind === 'rc2' ? 8 : CBC_CIPHERS[cipher.name].block
  if (cipher.iv.length !== block) throw damaged(`the initial vector has ${cipher.iv.length} bytes`)
  if (input.length === 0 || input.length % block !== 0) throw damaged('not a whole number of blocks')
  if (cipher.kind === 'cbc') return unpadded(cbc(cipher, key, input), block)
  return unpadded(rc2CbcDecrypt(input, { key, iv: cipher.iv, effectiveBits: cipher.effectiveBits }), block)
}

function cbc(cipher: { name: CbcName; iv: Uint8Array }, key: Uint8Array, input: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(...withTripleDes(cipher.name, key), cipher.iv)
  decipher.setAutoPadding(false)
  return concat([decipher.update(input), decipher.final()])
}

/** OpenSSL 3 keeps single DES in a provider that Node does not load; with three equal keys triple DES is DES. */
const withTripleDes = (name: string, key: Uint8Array): [name: string, key: Uint8Array] =>
  /^des-(?:cbc|cfb|ofb)$/.test(name)
    ? [name.replace('des', 'des-ede3'), concat([key, key, key])]
    : [name, key]

function decryptStream(
  cipher: { name: string; iv: Uint8Array },
  key: Uint8Array,
  input: Uint8Array,
): Uint8Array {
  if (cipher.iv.length !== getCipherInfo(cipher.name)?.ivLength)
    throw damaged(`the initial vector has ${cipher.iv.length} bytes`)
  const decipher = createDecipheriv(...withTripleDes(cipher.name, key), cipher.iv)
  return concat([decipher.update(input), decipher.final()])
}

function unpadded(padded: Uint8Array, block: number): Uint8Array {
  const count = padded.at(-1)!
  const end = padded.length - count
  if (count === 0 || count > block || padded.subarray(end).some((byte) => byte !== count))
    throw wrongPassword()
  return padded.subarray(0, end)
}

function decryptGcm(
  cipher: Extract<Cipher, { kind: 'gcm' }>,
  key: Uint8Array,
  input: Uint8Array,
): Uint8Array {
  const end = input.length - cipher.tagLength
  if (end < 0) throw damaged('shorter than its authentication tag')
  if (cipher.iv.length === 0) throw damaged('no nonce')
  const decipher = createDecipheriv(cipher.name, key, cipher.iv, { authTagLength: cipher.tagLength })
  decipher.setAuthTag(input.subarray(end))
  const plain = decipher.update(input.subarray(0, end))
  try {
    return concat([plain, decipher.final()])
  } catch {
    throw wrongPassword()
  }
}

/** CBC with padding (RFC 8018 section 6.1.1), for the ciphers that certman writes. */
export function encryptCbc(
  name: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc' | 'des-ede3-cbc',
  { key, iv }: { readonly key: Uint8Array; readonly iv: Uint8Array },
  plain: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(name, key, iv)
  return concat([cipher.update(plain), cipher.final()])
}
