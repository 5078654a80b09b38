import { compareBytes, concat } from '../base/bytes.ts'
import { contextTag, TAG } from './reader.ts'

/** Tag, minimal definite length and content (X.690 section 10.1). */
export function tlv(tag: number, content: Uint8Array): Uint8Array {
  const length = content.length
  const octets = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x1_0000 ? 2 : length < 0x100_0000 ? 3 : 4
  const whole = new Uint8Array(2 + octets + length)
  whole[0] = tag
  whole[1] = octets === 0 ? length : 0x80 | octets
  for (let i = 0, rest = length; i < octets; i++, rest = Math.floor(rest / 256))
    whole[1 + octets - i] = rest & 0xff
  whole.set(content, 2 + octets)
  return whole
}

/** SEQUENCE of already encoded values. */
export const sequence = (...values: readonly Uint8Array[]): Uint8Array => tlv(TAG.sequence, concat(values))

/** SET OF already encoded values, in DER order (X.690 section 11.6). */
export const setOf = (values: readonly Uint8Array[]): Uint8Array =>
  tlv(TAG.set, concat([...values].sort(compareBytes)))

/** `[n] EXPLICIT` around an encoded value. */
export const explicit = (n: number, value: Uint8Array): Uint8Array => tlv(contextTag(n, true), value)

/** `[n] IMPLICIT` with these content octets. */
export const implicit = (n: number, content: Uint8Array, constructed = false): Uint8Array =>
  tlv(contextTag(n, constructed), content)

/** OCTET STRING. */
export const octetString = (bytes: Uint8Array): Uint8Array => tlv(TAG.octetString, bytes)

/** NULL. */
export const nullValue = (): Uint8Array => new Uint8Array([TAG.null, 0])

/** BOOLEAN (TRUE is 0xff, X.690 section 11.1). */
export const boolean = (value: boolean): Uint8Array => new Uint8Array([TAG.boolean, 1, value ? 0xff : 0])

/** BIT STRING; `unused` bits of the last octet are not part of the value. */
export const bitString = (bytes: Uint8Array, unused = 0): Uint8Array =>
  tlv(TAG.bitString, concat([new Uint8Array([unused]), bytes]))

/** INTEGER in the fewest octets (X.690 section 8.3). */
export function integer(value: bigint | number): Uint8Array {
  const number = BigInt(value)
  const bits = (number < 0n ? ~number : number).toString(2).length
  const length = Math.floor(bits / 8) + 1
  const hex = BigInt.asUintN(length * 8, number)
    .toString(16)
    .padStart(length * 2, '0')
  const content = new Uint8Array(Buffer.from(hex, 'hex'))
  const spare =
    content.length > 1 && (content[0] === 0 ? content[1]! < 0x80 : content[0] === 0xff && content[1]! >= 0x80)
  return tlv(TAG.integer, spare ? content.subarray(1) : content)
}

/** OBJECT IDENTIFIER from dotted text. */
export function oid(dotted: string): Uint8Array {
  const arcs = dotted.split('.').map((arc) => BigInt(arc))
  if (arcs.length < 2) throw new TypeError(`not an object identifier: ${dotted}`)
  const bytes: number[] = []
  for (const arc of [arcs[0]! * 40n + arcs[1]!, ...arcs.slice(2)]) {
    const septets = [Number(arc & 0x7fn)]
    for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) septets.unshift(Number(rest & 0x7fn) | 0x80)
    bytes.push(...septets)
  }
  return tlv(TAG.oid, new Uint8Array(bytes))
}

const text =
  (tag: number, encoding: BufferEncoding) =>
  (value: string): Uint8Array =>
    tlv(tag, new Uint8Array(Buffer.from(value, encoding)))

/** UTF8String. */
export const utf8String = text(TAG.utf8String, 'utf8')
/** PrintableString; the caller has checked the alphabet. */
export const printableString = text(TAG.printableString, 'latin1')
/** IA5String; the caller has checked that it is ASCII. */
export const ia5String = text(TAG.ia5String, 'latin1')

/** BMPString: UTF-16, big end first. */
export const bmpString = (value: string): Uint8Array =>
  tlv(TAG.bmpString, new Uint8Array(Buffer.from(value, 'utf16le').swap16()))

/** UTCTime until 2049, GeneralizedTime from 2050 on, seconds precision (RFC 5280 section 4.1.2.5). */
export function time(instant: Date): Uint8Array {
  const year = instant.getUTCFullYear()
  const digits = `${instant.toISOString().replace(/[-:T]|\.\d+Z$/g, '')}Z`
  return year >= 1950 && year < 2050
    ? tlv(TAG.utcTime, Buffer.from(digits.slice(-13), 'latin1'))
    : tlv(TAG.generalizedTime, Buffer.from(digits, 'latin1'))
}
