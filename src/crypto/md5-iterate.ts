/*
 * JCEKS hashes an MD5 digest and the password again and again, 200,000 times for each half of a key: one block each
 * time. A plain compression function does it in a fifth of the time of calling into node:crypto for each. Results are
 * checked against node:crypto in the tests.
 */

/** RFC 1321 section 3.4: the integer part of 2^32 times the sine. */
const SINES = Int32Array.from({ length: 64 }, (_, t) => Math.floor(Math.abs(Math.sin(t + 1)) * 2 ** 32))
const START = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)

const BLOCK = 64
const DIGEST = 16
/** The longest text behind the digest that still leaves room for the end mark and the length. */
export const MAX_MD5_SUFFIX = BLOCK - DIGEST - 9

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

/** One MD5 block (RFC 1321 section 3.4) over `w[0..15]`, from the initial state into `w[0..3]`. */
function md5Block(w: Int32Array): void {
  let a = START[0]!
  let b = START[1]!
  let c = START[2]!
  let d = START[3]!
  for (let t = 0; t < 16; t += 4) {
    a = (b + rotate(a + (d ^ (b & (c ^ d))) + SINES[t]! + w[t]!, 7)) | 0
    d = (a + rotate(d + (c ^ (a & (b ^ c))) + SINES[t + 1]! + w[t + 1]!, 12)) | 0
    c = (d + rotate(c + (b ^ (d & (a ^ b))) + SINES[t + 2]! + w[t + 2]!, 17)) | 0
    b = (c + rotate(b + (a ^ (c & (d ^ a))) + SINES[t + 3]! + w[t + 3]!, 22)) | 0
  }
  for (let t = 16; t < 32; t += 4) {
    a = (b + rotate(a + (c ^ (d & (b ^ c))) + SINES[t]! + w[(5 * t + 1) & 15]!, 5)) | 0
    d = (a + rotate(d + (b ^ (c & (a ^ b))) + SINES[t + 1]! + w[(5 * t + 6) & 15]!, 9)) | 0
    c = (d + rotate(c + (a ^ (b & (d ^ a))) + SINES[t + 2]! + w[(5 * t + 11) & 15]!, 14)) | 0
    b = (c + rotate(b + (d ^ (a & (c ^ d))) + SINES[t + 3]! + w[(5 * t + 16) & 15]!, 20)) | 0
  }
  for (let t = 32; t < 48; t += 4) {
    a = (b + rotate(a + (b ^ c ^ d) + SINES[t]! + w[(3 * t + 5) & 15]!, 4)) | 0
    d = (a + rotate(d + (a ^ b ^ c) + SINES[t + 1]! + w[(3 * t + 8) & 15]!, 11)) | 0
    c = (d + rotate(c + (d ^ a ^ b) + SINES[t + 2]! + w[(3 * t + 11) & 15]!, 16)) | 0
    b = (c + rotate(b + (c ^ d ^ a) + SINES[t + 3]! + w[(3 * t + 14) & 15]!, 23)) | 0
  }
  for (let t = 48; t < 64; t += 4) {
    a = (b + rotate(a + (c ^ (b | ~d)) + SINES[t]! + w[(7 * t) & 15]!, 6)) | 0
    d = (a + rotate(d + (b ^ (a | ~c)) + SINES[t + 1]! + w[(7 * t + 7) & 15]!, 10)) | 0
    c = (d + rotate(c + (a ^ (d | ~b)) + SINES[t + 2]! + w[(7 * t + 14) & 15]!, 15)) | 0
    b = (c + rotate(b + (d ^ (c | ~a)) + SINES[t + 3]! + w[(7 * t + 21) & 15]!, 21)) | 0
  }
  w[0] = START[0]! + a
  w[1] = START[1]! + b
  w[2] = START[2]! + c
  w[3] = START[3]! + d
}

/**
 * `digest = MD5(digest, suffix)`, `times` times.
 *
 * @param digest 16 bytes
 * @param suffix at most `MAX_MD5_SUFFIX` bytes
 */
export function iterateMd5(digest: Uint8Array, suffix: Uint8Array, times: number): Uint8Array {
  const block = new Uint8Array(BLOCK)
  block.set(digest)
  block.set(suffix, DIGEST)
  const length = DIGEST + suffix.length
  block[length] = 0x80
  const view = new DataView(block.buffer)
  view.setUint16(BLOCK - 8, length * 8, true) // bits; they fit two octets
  const w = Int32Array.from({ length: BLOCK / 4 }, (_, i) => view.getInt32(4 * i, true))
  // each digest stands where it is hashed next; what is behind it stays
  for (let i = 0; i < times; i++) md5Block(w)
  for (let i = 0; i < 4; i++) view.setInt32(4 * i, w[i]!, true)
  const result = block.slice(0, DIGEST)
  // both held the password
  block.fill(0)
  w.fill(0)
  return result
}
