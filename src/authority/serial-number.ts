import { toHex } from '../base/bytes.ts'

/** 128 bits: twice the 64 that the Baseline Requirements (section 7.1) ask of randomness; RFC 5280 allows 160. */
const OCTETS = 16

/**
 * A random serial number: positive, first bit clear (RFC 5280 section 4.1.2.2). Whether it was used before is the
 * store's to check.
 *
 * @returns lower-case hex without zeros in front
 */
export function randomSerialNumber(random: (length: number) => Uint8Array): string {
  for (;;) {
    const bytes = Uint8Array.from(random(OCTETS))
    bytes[0]! &= 0x7f
    const hex = withoutZeros(toHex(bytes))
    if (hex !== '') return hex
  }
}

// one of sixteen begins with a zero: the others are not searched
const withoutZeros = (hex: string): string => (hex.startsWith('0') ? hex.replace(/^0+/, '') : hex)
