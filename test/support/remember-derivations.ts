import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

/** Fewer rounds than these are done sooner than looked up. */
const MANY = 1000

const known = new Map<string, Uint8Array>()

/** What `derive` answers for these values, which is worked out once in each process of the tests. */
function remembered(
  values: readonly (string | number | Uint8Array)[],
  derive: () => Uint8Array,
): Buffer<ArrayBuffer> {
  const key = values
    .map((value) => (typeof value === 'object' ? Buffer.from(value).toString('hex') : value))
    .join(' ')
  const derived = known.get(key) ?? derive()
  known.set(key, derived)
  // a copy: keys are wiped after use
  return Buffer.from(derived)
}

/** The rounds of the key derivation of PKCS#12: a digest and how often it is to be digested again. */
type Iterate = (digest: Uint8Array, times: number) => Uint8Array

/** The same function, but long runs of it are remembered. */
export const rememberedRounds =
  (name: string, iterate: Iterate): Iterate =>
  (digest, times) =>
    times < MANY ? iterate(digest, times) : remembered([name, times, digest], () => iterate(digest, times))

/**
 * Makes PBKDF2 remember: what is sealed is opened again in most tests, with the same password, salt and count, and stories
 * of a frozen world begin with the same salts. What comes out is what came out before, whoever asks.
 */
function rememberPbkdf2(): void {
  const { pbkdf2Sync } = crypto
  crypto.pbkdf2Sync = (...given: Parameters<typeof pbkdf2Sync>) => {
    const [password, salt, iterations, keyLength, digest] = given
    const isLong = iterations >= MANY && password instanceof Uint8Array && salt instanceof Uint8Array
    if (!isLong) return pbkdf2Sync(...given)
    return remembered([digest, iterations, keyLength, password, salt], () => pbkdf2Sync(...given))
  }
  syncBuiltinESMExports()
}

// once in each process
rememberPbkdf2()
