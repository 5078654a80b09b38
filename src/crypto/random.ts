import { randomFillSync } from 'node:crypto'

/** Serial numbers and salts are short; whatever is longer is asked for by itself. */
const SHORT = 256

/**
 * Random bytes of this process, for the two doors to hand in as `Ambient.random`; short ones are cut from a block, as a
 * call for each takes as long as half a signature. `globalThis.crypto` would load Web Cryptography for it.
 */
export function pooledRandom(): (length: number) => Uint8Array {
  let block: Uint8Array = new Uint8Array(0)
  let at = 0
  return (length) => {
    if (length > SHORT) return randomFillSync(new Uint8Array(length))
    if (at + length > block.length) {
      block = randomFillSync(new Uint8Array(4096))
      at = 0
    }
    const bytes = block.slice(at, at + length)
    // what was given away is nobody else's
    block.fill(0, at, at + length)
    at += length
    return bytes
  }
}
