import { isIPv6 } from 'node:net'

/**
 * Where a caller sits, for whatever is counted by address: the last 64 bits of an IPv6 address are its holder's to choose
 * (RFC 4291 section 2.5.1), and tell nobody apart.
 */
export function placeOf(address: string): string {
  if (!isIPv6(address)) return address
  const [front = '', back = ''] = address.split('%')[0]!.split('::')
  const [left, right] = [front, back].map((part) => part.split(':').filter((group) => group !== ''))
  // an IPv4 address at the end stands for two groups
  const given = left!.length + right!.length + (address.includes('.') ? 1 : 0)
  const zeros = Array.from({ length: 8 - given }, () => '0')
  const groups = [...left!, ...zeros, ...right!]
  if (/^(?:0+ ){5}ffff /i.test(groups.join(' '))) return ipv4Of(groups.slice(6))
  const network = groups.slice(0, 4)
  return network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}

/** IPv4 in IPv6 (RFC 4291 section 2.5.5.2), with dots or as two groups of hex. */
function ipv4Of(end: readonly string[]): string {
  const [high = '', low] = end
  if (low === undefined) return high
  const numbers = [high, low].map((group) => Number.parseInt(group, 16))
  return numbers.flatMap((number) => [number >> 8, number & 0xff]).join('.')
}
