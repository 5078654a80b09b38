import { hash as oneShot } from 'node:crypto'
import { concat } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import { encipher, expand, initialState } from './openssh-blowfish.ts'
import type { PbeWork } from './pbe-work.ts'

/** `ssh-keygen -a` writes 16 to 24 rounds by default; 100 are common advice, 4,096 take about a minute. */
const MAX_ROUNDS = 4096
const HASH_OCTETS = 32
const MAGIC = 'OxychromaticBlowfishSwatDynamite'

const sha512 = (bytes: Uint8Array): Uint8Array => oneShot('sha512', bytes, 'buffer')

/**
 * bcrypt_pbkdf of OpenBSD, the key derivation of OpenSSH private keys (OpenSSH, PROTOCOL.key section 2).
 *
 * @param options rounds as in the file; `length` octets are wanted; `work` is the account of the file
 * @throws {CertmanError} `limit.exceeded` for more than 4,096 rounds or work than there may be, `der.malformed` for none
 */
export function bcryptPbkdf(
  password: Secret,
  salt: Uint8Array,
  options: { readonly rounds: number; readonly length: number; readonly work: PbeWork },
): Uint8Array {
  const { rounds, length, work } = options
  if (rounds > MAX_ROUNDS)
    throw new CertmanError(
      'limit.exceeded',
      `the key asks for ${rounds} bcrypt rounds, ${MAX_ROUNDS} are allowed`,
    )
  if (rounds < 1 || salt.length === 0)
    throw new CertmanError('der.malformed', 'the key names no bcrypt rounds or no salt')
  work.spendBcrypt(rounds)
  const hashedPassword = password.use(sha512)
  const stride = Math.ceil(length / HASH_OCTETS)
  const key = new Uint8Array(length)
  for (let block = 0; block < stride; block++) {
    let hash = bcryptHash(hashedPassword, sha512(concat([salt, Uint8Array.of(0, 0, 0, block + 1)])))
    const sum = hash.slice()
    for (let round = 1; round < rounds; round++) {
      hash = bcryptHash(hashedPassword, sha512(hash))
      for (let i = 0; i < HASH_OCTETS; i++) sum[i]! ^= hash[i]!
    }
    // the octets of each block are spread over the key, so that no part depends on one block only
    for (let i = 0; i * stride + block < length; i++) key[i * stride + block] = sum[i]!
  }
  return key
}

function bcryptHash(password: Uint8Array, salt: Uint8Array): Uint8Array {
  const passwordWords = words(password)
  const saltWords = words(salt)
  const state = initialState()
  expand(state, passwordWords, saltWords)
  for (let i = 0; i < 64; i++) {
    expand(state, saltWords)
    expand(state, passwordWords)
  }
  const block = words(Buffer.from(MAGIC, 'latin1'))
  for (let i = 0; i < 64; i++) for (let at = 0; at < block.length; at += 2) encipher(state, block, at)
  const out = new Uint8Array(HASH_OCTETS)
  const view = new DataView(out.buffer)
  block.forEach((word, i) => view.setUint32(i * 4, word, true))
  return out
}

/** Big-endian words of `bytes`. */
function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4))
}
