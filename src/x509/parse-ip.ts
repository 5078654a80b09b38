/**
 * The octets of an IP address typed as text: 4 for dotted decimal, 16 for any form of RFC 4291 section 2.2 (`::`,
 * upper case, zeros in front, a dotted tail). Undefined for anything else: a zone (`%eth0`), or IPv4 with zeros in
 * front, which some programs take for octal.
 */
export const parseIp = (text: string): Uint8Array | undefined =>
  text.includes(':') ? parseIpv6(text) : parseIpv4(text)

/** Whether a text is an IP address, as `parseIp` reads it. */
export const isIpAddress = (text: string): boolean => parseIp(text) !== undefined

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  const isAddress = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))
  return isAddress && parts.every((part) => Number(part) <= 255) ? Uint8Array.from(parts, Number) : undefined
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = [groupsOf(halves[0]!, halves.length === 1), groupsOf(halves[1] ?? '', true)]
  if (!head || !tail) return undefined
  const missing = 8 - head.length - tail.length
  // `::` stands for one group of zeros or more; without it all eight are there
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail]
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}

/** The 16-bit groups of one side of `::`. @param isLast a dotted tail may end it */
function groupsOf(side: string, isLast: boolean): number[] | undefined {
  if (side === '') return []
  const groups: number[] = []
  const parts = side.split(':')
  for (const [i, part] of parts.entries()) {
    const dotted = isLast && i === parts.length - 1 && part.includes('.') ? parseIpv4(part) : undefined
    if (dotted) groups.push(dotted[0]! * 256 + dotted[1]!, dotted[2]! * 256 + dotted[3]!)
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}

/**
 * An address range of name constraints (RFC 5280 section 4.2.1.10): `192.0.2.0/24`, `2001:db8::/32`, `address/mask`,
 * or one address alone.
 *
 * @returns address and mask, 8 or 32 octets, or why it is no range
 */
export function parseIpRange(text: string): Uint8Array | string {
  const slash = text.indexOf('/')
  const address = parseIp(slash < 0 ? text : text.slice(0, slash))
  if (!address) return 'is no IP address or range'
  const mask =
    slash < 0 ? prefixMask(address.length * 8, address.length) : parseMask(text.slice(slash + 1), address)
  if (!mask) return `has a prefix that is neither a number from 0 to ${address.length * 8} nor a mask`
  const isBase = address.every((octet, i) => (octet & ~mask[i]!) === 0)
  return isBase ? Uint8Array.of(...address, ...mask) : 'has bits set beyond its prefix'
}

function parseMask(text: string, { length }: Uint8Array): Uint8Array | undefined {
  const mask = parseIp(text)
  if (mask) return mask.length === length ? mask : undefined
  return /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= length * 8
    ? prefixMask(Number(text), length)
    : undefined
}

/** The mask of a prefix of so many bits. @param octets of the address */
export const prefixMask = (ones: number, octets: number): Uint8Array =>
  Uint8Array.from({ length: octets }, (_, i) => (0xff00 >> Math.min(8, Math.max(0, ones - i * 8))) & 0xff)
