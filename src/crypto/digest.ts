import { createHash, hash as oneShot } from 'node:crypto'
import { toHex } from '../base/bytes.ts'

// `crypto.hash` (Node 20.12) skips the stream object and is twice as fast on a kilobyte
const digest = (name: string, bytes: Uint8Array): Uint8Array =>
  typeof oneShot === 'function' ? oneShot(name, bytes, 'buffer') : createHash(name).update(bytes).digest()

const hexDigest = (name: string, bytes: Uint8Array): string =>
  typeof oneShot === 'function' ? oneShot(name, bytes, 'hex') : toHex(digest(name, bytes))

/** SHA-1: 20 octets. For look-ups and key identifiers only, never to believe something. */
export const sha1 = (bytes: Uint8Array): Uint8Array => digest('sha1', bytes)

/** SHA-256: 32 octets. */
export const sha256 = (bytes: Uint8Array): Uint8Array => digest('sha256', bytes)

/** SHA-256 of a text's UTF-8 as 64 lower-case hex digits: no copy of the text is made. */
export const sha256HexOfText = (text: string): string =>
  typeof oneShot === 'function'
    ? oneShot('sha256', text, 'hex')
    : createHash('sha256').update(text, 'utf8').digest('hex')

/** SHA-1 as 40 lower-case hex digits. */
export const sha1Hex = (bytes: Uint8Array): string => hexDigest('sha1', bytes)

/** SHA-256 as 64 lower-case hex digits. */
export const sha256Hex = (bytes: Uint8Array): string => hexDigest('sha256', bytes)

/** MD5 as 32 lower-case hex digits. Only where a vendor's answer holds one; it protects nothing. */
export const md5Hex = (bytes: Uint8Array): string => hexDigest('md5', bytes)
