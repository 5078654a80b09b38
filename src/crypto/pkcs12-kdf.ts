import { createHash, hash as oneShot } from 'node:crypto'

import { iterateSha1, iterateSha256 } from './pkcs12-kdf-iterate.ts'

/** Block and digest lengths in bytes of the hashes that PKCS#12 writers use (FIPS 180-4 figure 1, FIPS 202 table 3, RFC 7693, ISO 10118-3). */
const HASHES = {
  md5: { block: 64, digest: 16 },
  sha1: { block: 64, digest: 20 },
  sha224: { block: 64, digest: 28 },
  sha256: { block: 64, digest: 32 },
  sha384: { block: 128, digest: 48 },
  sha512: { block: 128, digest: 64 },
  'sha512-224': { block: 128, digest: 28 },
  'sha512-256': { block: 128, digest: 32 },
  'sha3-224': { block: 144, digest: 28 },
  'sha3-256': { block: 136, digest: 32 },
  'sha3-384': { block: 104, digest: 48 },
  'sha3-512': { block: 72, digest: 64 },
  blake2b512: { block: 128, digest: 64 },
  blake2s256: { block: 64, digest: 32 },
  ripemd160: { block: 64, digest: 20 },
  sm3: { block: 64, digest: 32 },
} as const

/** Hashes under node:crypto's names. */
export type KdfHash = keyof typeof HASHES

/** Whether there is such a hash, and the derivation knows it. */
export const isKdfHash = (name: string): name is KdfHash => Object.hasOwn(HASHES, name)

/** Length of a MAC key: that of the digest (RFC 7292 appendix B.4). */
export const macLength = (hash: KdfHash): number => HASHES[hash].digest

/** What the derived bytes are for (RFC 7292 appendix B.3). */
export const KDF_PURPOSE = { key: 1, iv: 2, mac: 3 } as const

/** What goes into the key derivation of RFC 7292 appendix B.2. */
export interface Pkcs12KdfInput {
  readonly hash: KdfHash
  /** UTF-16, big end first, with its two zero bytes; no bytes at all for the null password. */
  readonly password: Uint8Array
  readonly salt: Uint8Array
  readonly iterations: number
  readonly purpose: 1 | 2 | 3
  /** Bytes wanted. */
  readonly length: number
}

/** The key derivation of PKCS#12 (RFC 7292 appendix B.2). */
export function pkcs12Kdf({ hash, password, salt, iterations, purpose, length }: Pkcs12KdfInput): Uint8Array {
  const { block, digest } = HASHES[hash]
  const diversifier = new Uint8Array(block).fill(purpose)
  const saltBlocks = repeated(salt, block)
  const input = new Uint8Array([...saltBlocks, ...repeated(password, block)])
  const output = new Uint8Array(Math.ceil(length / digest) * digest)
  for (let at = 0; at < length; at += digest) {
    const first = createHash(hash).update(diversifier).update(input).digest()
    const last = iterateHash(hash, first, iterations - 1)
    output.set(last, at)
    if (at + digest < length) addToBlocks(input, block, last)
  }
  return output.subarray(0, length)
}

/** `bytes` again and again up to whole blocks; nothing stays nothing. */
function repeated(bytes: Uint8Array, block: number): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / block) * block)
  return whole.map((_, i) => bytes[i % bytes.length]!)
}

/** Iterations from which the plain compression functions are faster: fewer are over before V8 has compiled those. */
const MANY = 8192

/** Hashes a digest again, `times` times. */
export function iterateHash(hash: KdfHash, digest: Uint8Array, times: number): Uint8Array {
  if (times >= MANY && hash === 'sha1') return iterateSha1(digest, times)
  if (times >= MANY && hash === 'sha256') return iterateSha256(digest, times)
  let last = digest
  for (let i = 0; i < times; i++) last = oneShot(hash, last, 'buffer')
  return last
}

/** Step 6C: each block of `input` becomes the block + `digest` repeated + 1, modulo the size of a block. */
function addToBlocks(input: Uint8Array, block: number, digest: Uint8Array): void {
  for (let start = 0; start < input.length; start += block) {
    let carry = 1
    for (let i = block - 1; i >= 0; i--) {
      carry += input[start + i]! + digest[i % digest.length]!
      input[start + i] = carry & 0xff
      carry >>= 8
    }
  }
}
