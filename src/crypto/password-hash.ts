import { scrypt, timingSafeEqual } from 'node:crypto'
import { sha256HexOfText } from './digest.ts'

/** The cost of one guess: scrypt with N = 2^logN, r = 8 and p (RFC 7914; OWASP names 2^15, 8, 3 among its equals). */
export interface HashCost {
  readonly logN: number
  readonly p: number
}

/** 32 MiB of memory, some 150 ms. */
const DEFAULT_COST: HashCost = { logN: 15, p: 3 }

const FORM = /^scrypt\$(\d{1,2})\$8\$(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/

/** Whether a text is a hash of `hashPassword` that can be checked within reason. */
export function isPasswordHash(text: string): boolean {
  const [, logN, p] = FORM.exec(text) ?? []
  return logN !== undefined && Number(logN) >= 10 && Number(logN) <= 20 && Number(p) >= 1 && Number(p) <= 16
}

function derive(password: Uint8Array, salt: Uint8Array, { logN, p }: HashCost): Promise<Buffer> {
  const N = 2 ** logN
  // Node refuses what needs more than 32 MiB unless told
  const options = { N, r: 8, p, maxmem: 129 * N * 8 + 1024 * p * 8 + 1_048_576 }
  return new Promise((settle, reject) => {
    scrypt(password, salt, 32, options, (error, key) => (error ? reject(error) : settle(key)))
  })
}

/**
 * A password as it is kept: `scrypt$15$8$3$SALT$HASH` (log2 N, r, p; base64url).
 *
 * @param salt 16 random bytes
 */
export async function hashPassword(
  password: Uint8Array,
  salt: Uint8Array,
  cost: HashCost = DEFAULT_COST,
): Promise<string> {
  const key = await derive(password, salt, cost)
  return `scrypt$${cost.logN}$8$${cost.p}$${Buffer.from(salt).toString('base64url')}$${key.toString('base64url')}`
}

/** Whether a password is the one of a hash, in constant time; a text that is no hash fits none. */
export async function verifyPassword(password: Uint8Array, hash: string): Promise<boolean> {
  const [, logN, p, salt, key] = FORM.exec(hash) ?? []
  if (logN === undefined || !isPasswordHash(hash)) return false
  const cost = { logN: Number(logN), p: Number(p) }
  const made = await derive(password, Buffer.from(salt!, 'base64url'), cost)
  return timingSafeEqual(made, Buffer.from(key!, 'base64url'))
}

/** Whether two texts are the same; takes as long for any text of that length. */
export function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/**
 * SHA-256 over a key and texts that cannot run into each other, as hex: a name for secrets that only who has the key can
 * find again. It stays within the process, so nobody can lengthen it, against which HMAC would stand at four times the
 * price.
 *
 * @param key hex
 */
export const keyedDigest = (key: string, texts: readonly string[]): string =>
  sha256HexOfText(`${key}${texts.map((text) => `${text.length}:${text}`).join('')}`)
