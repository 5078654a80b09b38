import { asBuffer } from './strings.ts'
import type { Tlv } from './reader.ts'

/** Octets: longer encodings are rarely met twice. */
export const LONGEST = 512

/**
 * `read` with a short memory for what it read last: the thousand certificates of one authority have the issuer, the
 * usages and the key identifiers in common, and each is read when it is checked and when it is described. What it
 * answers is shared, so nobody may change it; refusals are not remembered, as they name the offset.
 *
 * @param most that many encodings; then it begins anew
 */
export function remembering<T>(read: (tlv: Tlv) => T, most = 64): (tlv: Tlv) => T {
  let known = new Map<string, T>()
  return (tlv) => {
    const { source, start, end } = tlv
    if (end - start > LONGEST) return read(tlv)
    const encoding = asBuffer(source).toString('latin1', start, end)
    const found = known.get(encoding)
    if (found !== undefined) return found
    const value = read(tlv)
    if (known.size >= most) known = new Map()
    known.set(encoding, value)
    return value
  }
}
