import { latin1Octets } from './strings.ts'
import type { Tlv } from './reader.ts'

/** Octets: longer encodings are rarely met twice. */
const LONGEST = 512

interface Known<T> {
  /** All octets of the encoding, one character each. */
  readonly encoding: string
  readonly value: T
}

/** What was read lately, by its encoding. */
export class EncodingMemory<T> {
  readonly #most: number
  // a text for every look-up, and its hash, would take three times as long as a number: certificates have dozens
  #known = new Map<number, Known<T>>()

  /** @param most that many encodings; then it begins anew */
  constructor(most: number) {
    this.#most = most
  }

  find(tlv: Tlv): T | undefined {
    if (tlv.end - tlv.start > LONGEST) return undefined
    const known = this.#known.get(hashOf(tlv))
    return known && isSame(known.encoding, tlv) ? known.value : undefined
  }

  /** Long encodings are not kept. Of two with the same hash the last one is. */
  keep(tlv: Tlv, value: T): void {
    if (tlv.end - tlv.start > LONGEST) return
    if (this.#known.size >= this.#most) this.#known = new Map()
    this.#known.set(hashOf(tlv), { encoding: latin1Octets(tlv), value })
  }
}

/** FNV-1a, in the 30 bits that V8 keeps without an object. */
function hashOf({ source, start, end }: Tlv): number {
  let hash = 0x811c9dc5 ^ (end - start)
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ source[at]!, 0x01000193)
  return hash & 0x3fff_ffff
}

function isSame(encoding: string, { source, start, end }: Tlv): boolean {
  if (encoding.length !== end - start) return false
  for (let at = start; at < end; at++) if (encoding.charCodeAt(at - start) !== source[at]) return false
  return true
}

/**
 * `read` with a short memory for what it read last: the thousand certificates of one authority have the issuer, the
 * usages and the key identifiers in common, and each is read when it is checked and when it is described. What it
 * answers is shared, so nobody may change it; refusals are not remembered, as they name the offset.
 *
 * @param most that many encodings; then it begins anew
 */
export function remembering<T>(read: (tlv: Tlv) => T, most = 64): (tlv: Tlv) => T {
  const memory = new EncodingMemory<T>(most)
  return (tlv) => {
    const known = memory.find(tlv)
    if (known !== undefined) return known
    const value = read(tlv)
    memory.keep(tlv, value)
    return value
  }
}
