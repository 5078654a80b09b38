const WORDS = 18 + 4 * 256

/** Expanded state: 18 round words, then four tables of 256. */
export type BlowfishState = Uint32Array

let initial: Uint32Array | undefined

/**
 * A fresh state: the fraction of pi (Schneier, 1993, "Description of a New Variable-Length Key, 64-Bit Block Cipher").
 * It is computed on first use, which costs less than carrying the 4,168 octets in every start-up.
 */
export function initialState(): BlowfishState {
  initial ??= fractionOfPi()
  return initial.slice()
}

/** Machin's formula, pi = 16 arctan(1/5) - 4 arctan(1/239), in fixed point with 64 spare bits. */
function fractionOfPi(): Uint32Array {
  const bits = BigInt(WORDS * 32 + 64)
  const arctanOfInverse = (x: bigint): bigint => {
    let power = (1n << bits) / x
    let sum = power
    for (let n = 3n, minus = true; power > 0n; n += 2n, minus = !minus) {
      power /= x * x
      sum += minus ? -(power / n) : power / n
    }
    return sum
  }
  const pi = 16n * arctanOfInverse(5n) - 4n * arctanOfInverse(239n)
  const hex = (BigInt.asUintN(Number(bits), pi) >> 64n).toString(16).padStart(WORDS * 8, '0')
  return Uint32Array.from({ length: WORDS }, (_, i) => Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16))
}

/** Enciphers the block at `block[at]`, `block[at + 1]` in place. */
export function encipher(state: BlowfishState, block: Uint32Array, at: number): void {
  let left = block[at]! ^ state[0]!
  let right = block[at + 1]!
  for (let round = 1; round <= 16; round += 2) {
    right ^= mix(state, left) ^ state[round]!
    left ^= mix(state, right) ^ state[round + 1]!
  }
  block[at] = right ^ state[17]!
  block[at + 1] = left
}

const mix = (state: BlowfishState, x: number): number =>
  ((state[18 + (x >>> 24)]! + state[274 + ((x >>> 16) & 0xff)]!) ^ state[530 + ((x >>> 8) & 0xff)]!) +
  state[786 + (x & 0xff)]!

/**
 * Expands `key` into the state; with `salt` every block is mixed with it first (Provos and Mazieres, 1999, section 4).
 * Both are given as big-endian words and are used cyclically.
 */
export function expand(state: BlowfishState, key: Uint32Array, salt?: Uint32Array): void {
  for (let i = 0; i < 18; i++) state[i]! ^= key[i % key.length]!
  const block = new Uint32Array(2)
  for (let i = 0; i < WORDS; i += 2) {
    if (salt) {
      block[0]! ^= salt[i % salt.length]!
      block[1]! ^= salt[(i + 1) % salt.length]!
    }
    encipher(state, block, 0)
    state[i] = block[0]!
    state[i + 1] = block[1]!
  }
}
