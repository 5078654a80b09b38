import { createHmac } from 'node:crypto'

/** HMAC with SHA-512 (RFC 2104), Base64: what shared access signatures are made of. */
export const hmacSha512 = (key: string, text: string): string =>
  createHmac('sha512', key).update(text, 'utf8').digest('base64')
