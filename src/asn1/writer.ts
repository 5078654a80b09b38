import { compareBytes } from '../base/bytes.ts'
import { contextTag, MAX_OID_OCTETS, TAG } from './reader.ts'

/** Octets of a minimal definite length (X.690 section 10.1). */
const lengthOctets = (length: number): number =>
  length < 0x80 ? 1 : length < 0x100 ? 2 : length < 0x1_0000 ? 3 : length < 0x100_0000 ? 4 : 5

/** Octets that `tlv` takes for a content of this length. */
export const sizeOfTlv = (length: number): number => 1 + lengthOctets(length) + length

/** Writes tag and minimal definite length at `at`. @returns the offset behind them, where the content belongs */
export function writeHeader(
  target: Uint8Array,
  at: number,
  header: readonly [tag: number, length: number],
): number {
  const [tag, length] = header
  const octets = lengthOctets(length)
  target[at] = tag
  target[at + 1] = octets === 1 ? length : 0x7f + octets
  for (let i = octets - 1, rest = length; i > 0; i--, rest = Math.floor(rest / 256))
    target[at + 1 + i] = rest & 0xff
  return at + 1 + octets
}

/** Tag, minimal definite length and content (X.690 section 10.1). */
export function tlv(tag: number, content: Uint8Array): Uint8Array {
  const whole = new Uint8Array(sizeOfTlv(content.length))
  whole.set(content, writeHeader(whole, 0, [tag, content.length]))
  return whole
}

/** A value of these already encoded values, each copied once. */
export function constructed(tag: number, values: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const value of values) length += value.length
  const whole = new Uint8Array(sizeOfTlv(length))
  let at = writeHeader(whole, 0, [tag, length])
  for (const value of values) {
    whole.set(value, at)
    at += value.length
  }
  return whole
}

/** SEQUENCE of already encoded values. */
export const sequence = (...values: readonly Uint8Array[]): Uint8Array => constructed(TAG.sequence, values)

/** SET OF already encoded values, in DER order (X.690 section 11.6). */
export const setOf = (values: readonly Uint8Array[]): Uint8Array =>
  constructed(TAG.set, [...values].sort(compareBytes))

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
export function bitString(bytes: Uint8Array, unused = 0): Uint8Array {
  const whole = new Uint8Array(sizeOfTlv(bytes.length + 1))
  const at = writeHeader(whole, 0, [TAG.bitString, bytes.length + 1])
  whole[at] = unused
  whole.set(bytes, at + 1)
  return whole
}

/** BIT STRING of named bits: no zero bits at the end (X.690 section 11.2.2). @param bits numbers of those that are set */
export function namedBitString(bits: Iterable<number>): Uint8Array {
  const numbers = [...bits]
  const highest = Math.max(-1, ...numbers)
  const bytes = new Uint8Array(Math.floor(highest / 8) + 1)
  for (const bit of numbers) bytes[bit >> 3]! |= 0x80 >> (bit & 7)
  return bitString(bytes, highest < 0 ? 0 : 7 - (highest & 7))
}

/** Content octets of an INTEGER, the fewest possible, two's complement (X.690 section 8.3). */
function integerContent(value: bigint | number): Uint8Array {
  // one octet, by far the most frequent, needs no bigint
  if (typeof value === 'number' && value >= -128 && value < 128) return Uint8Array.of(value & 0xff)
  const number = BigInt(value)
  const bits = (number < 0n ? ~number : number).toString(2).length
  const length = Math.floor(bits / 8) + 1
  const hex = BigInt.asUintN(length * 8, number).toString(16)
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex')
}

/** INTEGER in the fewest octets (X.690 section 8.3). */
export const integer = (value: bigint | number): Uint8Array => tlv(TAG.integer, integerContent(value))

/** ENUMERATED (X.690 section 8.4). */
export const enumerated = (value: number): Uint8Array => tlv(TAG.enumerated, integerContent(value))

/** INTEGER of an unsigned number, big end first; zeros in front do not count. */
function unsignedInteger(bytes: Uint8Array): Uint8Array {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const digits = bytes.length === 0 ? Uint8Array.of(0) : bytes.subarray(start)
  return digits[0]! < 0x80 ? tlv(TAG.integer, digits) : constructed(TAG.integer, [Uint8Array.of(0), digits])
}

/** INTEGER of hex text as `readIntegerHex` gives it: any number of digits, a minus sign before a negative one. */
export function integerOfHex(hex: string): Uint8Array {
  if (!/^-?[0-9a-f]+$/i.test(hex)) throw new TypeError('integerOfHex: not a number in hex digits')
  if (hex.startsWith('-')) return integer(-BigInt(`0x${hex.slice(1)}`))
  return unsignedInteger(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'))
}

/** Encodings by dotted text: the same twenty or so are written again and again. Each caller gets a copy. */
const oids = new Map<string, Uint8Array>()
const MOST_OIDS = 512

/** OBJECT IDENTIFIER from dotted text, arcs of any size (X.690 section 8.19). */
export function oid(dotted: string): Uint8Array {
  const known = oids.get(dotted)
  if (known) return known.slice()
  const encoded = encodeOid(dotted)
  if (oids.size < MOST_OIDS) oids.set(dotted, encoded.slice())
  return encoded
}

/** Whether `text` is an object identifier in dotted text (X.660 section 7.6), no longer than one that can be read. */
export const isOid = (text: string): boolean => oidContent(text) !== undefined

function encodeOid(dotted: string): Uint8Array {
  const content = oidContent(dotted)
  if (!content) throw new TypeError(`not an object identifier: ${dotted}`)
  return tlv(TAG.oid, content)
}

/** Content octets of dotted text; undefined where it is none, or has more than `MAX_OID_OCTETS`. */
function oidContent(dotted: string): Uint8Array | undefined {
  // three digits and a dot are the most that one octet says
  if (dotted.length > 4 * MAX_OID_OCTETS) return undefined
  if (!/^(?:[01]\.[1-3]?\d|2\.(?:0|[1-9]\d*))(?:\.(?:0|[1-9]\d*))*$/.test(dotted)) return undefined
  const [root, second, ...others] = dotted.split('.')
  const bytes: number[] = []
  pushArc(bytes, String(BigInt(root!) * 40n + BigInt(second!)))
  for (const arc of others) pushArc(bytes, arc)
  return bytes.length <= MAX_OID_OCTETS ? Uint8Array.from(bytes) : undefined
}

/** Septets of one arc, the most significant first, all but the last marked. */
function pushArc(bytes: number[], arc: string): void {
  const small = Number(arc)
  if (small < 0x80) {
    bytes.push(small)
    return
  }
  const septets: number[] = []
  // beyond 53 bits a number would lose digits
  for (let rest = BigInt(arc); rest > 0n; rest >>= 7n) septets.push(Number(rest & 0x7fn) | 0x80)
  septets[0]! &= 0x7f
  bytes.push(...septets.reverse())
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
  return year >= 1950 && year < 2050
    ? tlv(TAG.utcTime, Buffer.from(timeDigits(instant).slice(2), 'latin1'))
    : generalizedTime(instant)
}

/** GeneralizedTime in UTC, seconds precision, whatever the year (RFC 5280 sections 4.1.2.5.2, 5.3.2). */
export const generalizedTime = (instant: Date): Uint8Array =>
  tlv(TAG.generalizedTime, Buffer.from(timeDigits(instant), 'latin1'))

/** Digits of the last few instants: certificates that are issued together begin and end together. */
const digits = new Map<number, string>()
const MOST_INSTANTS = 16

/** `yyyymmddhhmmssZ`. */
function timeDigits(instant: Date): string {
  const time = instant.getTime()
  const known = digits.get(time)
  if (known !== undefined) return known
  const text = formatDigits(instant)
  if (digits.size >= MOST_INSTANTS) digits.clear()
  digits.set(time, text)
  return text
}

function formatDigits(instant: Date): string {
  const year = instant.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) throw new TypeError('an instant that a certificate cannot hold')
  return `${instant.toISOString().replace(/[-:T]|\.\d+Z$/g, '')}Z`
}
