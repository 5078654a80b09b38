/** Dotted decimal, or RFC 5952 text of 16 octets; undefined for any other number of octets. */
export function ipText(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) return bytes.join('.')
  return bytes.length === 16 ? ipv6Text(bytes) : undefined
}

/**
 * An address range of name constraints (RFC 5280 section 4.2.1.10): `192.0.2.0/24`, or `address/mask` when the
 * mask has holes. 8 or 32 octets; undefined for any other number.
 */
export function ipRangeText(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 8 && bytes.length !== 32) return undefined
  const half = bytes.length / 2
  const mask = bytes.subarray(half)
  const bits = [...mask].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const ones = /^1*/.exec(bits)![0].length
  const isPrefix = !bits.slice(ones).includes('1')
  return `${ipText(bytes.subarray(0, half))}/${isPrefix ? ones : ipText(mask)}`
}

// RFC 5952 section 4: lower case, no leading zeros, the longest run of two or more zero groups (the first on a tie) is ::
function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes[i * 2]! * 256 + bytes[i * 2 + 1]!)
  // section 5: IPv4-mapped addresses keep their dotted tail
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${bytes.subarray(12).join('.')}`
  const { start, length } = longestZeroRun(groups)
  const hex = groups.map((group) => group.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}
