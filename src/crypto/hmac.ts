import { createHmac } from 'node:crypto'

/** HMAC with SHA-512 (RFC 2104), Base64: what shared access signatures are made of. */
export const hmacSha512 = (key: string, text: string): string =>
  createHmac('sha512', key).update(text, 'utf8').digest('base64')

/** HMAC with SHA-256 (RFC 2104) over UTF-8 text: 32 octets. */
export const hmacSha256 = (key: Uint8Array, text: string): Uint8Array =>
  new Uint8Array(createHmac('sha256', key).update(text, 'utf8').digest())
