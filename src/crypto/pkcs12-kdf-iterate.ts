/*
 * The inner loop of the PKCS#12 key derivation hashes a 20 or 32 byte digest again and again: one block each time.
 * A plain compression function does 600,000 of them in about 0.15 s; calling into node:crypto for each takes 0.4 s
 * and more. Results are checked against node:crypto in the tests. The secret is hashed in before by node:crypto.
 */

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

function readWords(digest: Uint8Array, words: Int32Array): void {
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength)
  for (let i = 0; i < digest.length / 4; i++) words[i] = view.getInt32(4 * i)
}

function writeWords(words: Int32Array, count: number): Uint8Array {
  const digest = new Uint8Array(4 * count)
  const view = new DataView(digest.buffer)
  for (let i = 0; i < count; i++) view.setInt32(4 * i, words[i]!)
  return digest
}

const SHA1_START = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)

/** One SHA-1 block (FIPS 180-4 section 6.1.2) over `w[0..15]`, from the initial state into `w[0..4]`. */
// oxlint-disable-next-line max-lines-per-function -- four equal loops: a choice inside one loop costs half of the speed
function sha1Block(w: Int32Array, start: Int32Array): void {
  for (let t = 16; t < 80; t++) w[t] = rotate(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1)
  let a = start[0]!
  let b = start[1]!
  let c = start[2]!
  let d = start[3]!
  let e = start[4]!
  let next = 0
  for (let t = 0; t < 20; t++) {
    next = (rotate(a, 5) + (d ^ (b & (c ^ d))) + e + 0x5a827999 + w[t]!) | 0
    e = d
    d = c
    c = rotate(b, 30)
    b = a
    a = next
  }
  for (let t = 20; t < 40; t++) {
    next = (rotate(a, 5) + (b ^ c ^ d) + e + 0x6ed9eba1 + w[t]!) | 0
    e = d
    d = c
    c = rotate(b, 30)
    b = a
    a = next
  }
  for (let t = 40; t < 60; t++) {
    next = (rotate(a, 5) + ((b & c) | (d & (b | c))) + e - 0x70e44324 + w[t]!) | 0
    e = d
    d = c
    c = rotate(b, 30)
    b = a
    a = next
  }
  for (let t = 60; t < 80; t++) {
    next = (rotate(a, 5) + (b ^ c ^ d) + e - 0x359d3e2a + w[t]!) | 0
    e = d
    d = c
    c = rotate(b, 30)
    b = a
    a = next
  }
  w[0] = start[0]! + a
  w[1] = start[1]! + b
  w[2] = start[2]! + c
  w[3] = start[3]! + d
  w[4] = start[4]! + e
}

/** SHA-1 applied `times` times to a 20-byte digest. */
export function iterateSha1(digest: Uint8Array, times: number): Uint8Array {
  const w = new Int32Array(80)
  readWords(digest, w)
  for (let i = 0; i < times; i++) {
    w[5] = 0x80000000
    w.fill(0, 6, 15)
    w[15] = 160 // bits
    sha1Block(w, SHA1_START)
  }
  return writeWords(w, 5)
}

/** The first 32 bits of the fractional parts of the roots of the first primes (FIPS 180-4 sections 4.2.2, 5.3.3). */
function fractionsOfRoots(count: number, root: (prime: number) => number): Int32Array {
  const words = new Int32Array(count)
  let found = 0
  for (let n = 2; found < count; n++) {
    let isPrime = true
    for (let d = 2; d * d <= n; d++) if (n % d === 0) isPrime = false
    if (isPrime) words[found++] = Math.floor((root(n) % 1) * 2 ** 32)
  }
  return words
}

const SHA256_START = fractionsOfRoots(8, Math.sqrt)
const SHA256_K = fractionsOfRoots(64, Math.cbrt)

/** The message schedule of FIPS 180-4 section 6.2.2, step 1. */
function sha256Schedule(w: Int32Array): void {
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15]!
    const y = w[t - 2]!
    const s0 = rotate(x, 25) ^ rotate(x, 14) ^ (x >>> 3)
    const s1 = rotate(y, 15) ^ rotate(y, 13) ^ (y >>> 10)
    w[t] = s1 + w[t - 7]! + s0 + w[t - 16]!
  }
}

/** One SHA-256 block (FIPS 180-4 section 6.2.2) over `w[0..15]`, from the initial state into `w[0..7]`. */
function sha256Block(w: Int32Array, start: Int32Array, k: Int32Array): void {
  sha256Schedule(w)
  let a = start[0]!
  let b = start[1]!
  let c = start[2]!
  let d = start[3]!
  let e = start[4]!
  let f = start[5]!
  let g = start[6]!
  let h = start[7]!
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7)
    const t1 = (h + s1 + (g ^ (e & (f ^ g))) + k[t]! + w[t]!) | 0
    const s0 = rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10)
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  w[0] = start[0]! + a
  w[1] = start[1]! + b
  w[2] = start[2]! + c
  w[3] = start[3]! + d
  w[4] = start[4]! + e
  w[5] = start[5]! + f
  w[6] = start[6]! + g
  w[7] = start[7]! + h
}

/** SHA-256 applied `times` times to a 32-byte digest. */
export function iterateSha256(digest: Uint8Array, times: number): Uint8Array {
  const w = new Int32Array(64)
  readWords(digest, w)
  for (let i = 0; i < times; i++) {
    w[8] = 0x80000000
    w.fill(0, 9, 15)
    w[15] = 256 // bits
    sha256Block(w, SHA256_START, SHA256_K)
  }
  return writeWords(w, 8)
}
