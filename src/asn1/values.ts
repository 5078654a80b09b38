import { toHex } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import { contentOf, malformedDer, MAX_OID_OCTETS, TAG, type Tlv } from './reader.ts'
import { remembering } from './remember.ts'
import { asBuffer, latin1Text } from './strings.ts'

const bad = (what: string, { start }: Tlv): Error => malformedDer(what, start)

/** Dotted text of an OBJECT IDENTIFIER (X.690 section 8.19) of at most `MAX_OID_OCTETS`, its arcs of any size. */
export const readOid = remembering(decodeOid, 256)

function decodeOid(tlv: Tlv): string {
  const { source, contentStart, end } = tlv
  if (contentStart === end || source[end - 1]! >= 0x80) throw bad('truncated object identifier', tlv)
  const octets = end - contentStart
  if (octets > MAX_OID_OCTETS)
    throw new CertmanError(
      'limit.exceeded',
      `an object identifier has ${octets} octets, ${MAX_OID_OCTETS} are allowed`,
    )
  let text = ''
  let arc = 0
  for (let at = contentStart; at < end; at++) {
    const byte = source[at]!
    if (byte === 0x80 && (at === contentStart || source[at - 1]! < 0x80))
      throw bad('object identifier with a padded arc', tlv)
    // beyond this, a number would lose bits: the rest goes through bigint
    if (arc > 0x3f_ffff_ffff) return readLargeOid(tlv)
    arc = arc * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    text += text === '' ? firstArcs(arc) : `.${arc}`
    arc = 0
  }
  return text
}

function firstArcs(arc: number): string {
  const root = arc < 40 ? 0 : arc < 80 ? 1 : 2
  return `${root}.${arc - root * 40}`
}

function readLargeOid(tlv: Tlv): string {
  const arcs: bigint[] = []
  let arc = 0n
  for (const byte of contentOf(tlv)) {
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    if (byte >= 0x80) continue
    if (arcs.length === 0) arcs.push(arc < 40n ? 0n : arc < 80n ? 1n : 2n)
    arcs.push(arcs.length === 1 ? arc - arcs[0]! * 40n : arc)
    arc = 0n
  }
  return arcs.join('.')
}

/** An INTEGER or ENUMERATED as bigint, two's complement; minimal form is required (X.690 section 8.3.2). */
export function readInteger(tlv: Tlv): bigint {
  const bytes = contentOf(tlv)
  if (bytes.length === 0) throw bad('empty integer', tlv)
  if (bytes.length > 1 && ((bytes[0] === 0 && bytes[1]! < 0x80) || (bytes[0] === 0xff && bytes[1]! >= 0x80)))
    throw bad('integer is not minimal', tlv)
  const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  return bytes[0]! < 0x80 ? value : value - (1n << BigInt(bytes.length * 8))
}

/** An INTEGER that must fit a non-negative safe number (versions, iteration counts). */
export function readSmallInteger(tlv: Tlv, what = 'number'): number {
  // one octet, by far the most frequent, needs no bigint
  const first = tlv.source[tlv.contentStart]!
  if (tlv.end - tlv.contentStart === 1 && first < 0x80) return first
  const value = readInteger(tlv)
  if (value < 0n || value > 0x7fff_ffffn) throw bad(`${what} out of range`, tlv)
  return Number(value)
}

/**
 * An INTEGER as hex text without leading zeros, minus sign before a negative one: how serial numbers are shown.
 * Padding is tolerated here: old authorities wrote it, and such certificates are in use.
 */
export function readIntegerHex(tlv: Tlv): string {
  const bytes = contentOf(tlv)
  if (bytes.length === 0) throw bad('empty integer', tlv)
  if (bytes[0]! >= 0x80) {
    const value = (1n << BigInt(bytes.length * 8)) - BigInt(`0x${toHex(bytes)}`)
    return `-${value.toString(16)}`
  }
  let start = tlv.contentStart
  while (start < tlv.end - 1 && tlv.source[start] === 0) start++
  const hex = asBuffer(tlv.source).toString('hex', start, tlv.end)
  return hex.charCodeAt(0) === 0x30 && hex.length > 1 ? hex.slice(1) : hex
}

/** A BOOLEAN; DER allows 00 and FF only (X.690 section 11.1), any other non-zero octet counts as true. */
export function readBoolean(tlv: Tlv): boolean {
  const bytes = contentOf(tlv)
  if (bytes.length !== 1) throw bad('boolean of wrong length', tlv)
  return bytes[0] !== 0
}

/** A BIT STRING: its octets and the number of unused bits in the last one. */
export function readBitString(tlv: Tlv): { readonly bytes: Uint8Array; readonly unused: number } {
  const content = contentOf(tlv)
  const unused = content[0]
  if (unused === undefined || unused > 7 || (unused > 0 && content.length === 1))
    throw bad('malformed bit string', tlv)
  return { bytes: content.subarray(1), unused }
}

/**
 * UTCTime or GeneralizedTime as an instant (RFC 5280 section 4.1.2.5). Fractions and offsets are understood, as by OpenSSL
 * and Java; local time, without `Z` or offset, is nobody's instant, and is refused as they refuse it.
 */
function readTime(tlv: Tlv): Date {
  const text = latin1Text(tlv)
  const match =
    tlv.tag === TAG.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?()(Z|[+-](?:[01]\d|2[0-3])[0-5]\d)$/.exec(text)
      : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,](\d+))?(Z|[+-](?:[01]\d|2[0-3])[0-5]\d)$/.exec(text)
  if (!match || (tlv.tag !== TAG.utcTime && tlv.tag !== TAG.generalizedTime))
    throw bad(`malformed time "${printable(text.slice(0, 40))}"`, tlv)
  const [, y, mo, d, h, mi, s = '00', fraction = '', zone] = match
  const year = y!.length === 4 ? Number(y) : Number(y) + (Number(y) < 50 ? 2000 : 1900)
  if (!isRealTime([year, Number(mo), Number(d)], [Number(h), Number(mi), Number(s)]))
    throw bad('no such date', tlv)
  const date = new Date(0)
  date.setUTCFullYear(year, Number(mo) - 1, Number(d))
  date.setUTCHours(Number(h), Number(mi), Number(s), Math.floor(Number(`0.${fraction || '0'}`) * 1000))
  if (zone === 'Z') return date
  const minutes = Number(zone!.slice(1, 3)) * 60 + Number(zone!.slice(3))
  return new Date(date.getTime() - (zone!.startsWith('-') ? -minutes : minutes) * 60_000)
}

function isRealTime(
  [year, month, day]: readonly number[],
  [hour, minute, second]: readonly number[],
): boolean {
  if (month! < 1 || month! > 12 || day! < 1) return false
  // a leap second (:60) is allowed by the notation
  if (hour! > 23 || minute! > 59 || second! > 60) return false
  if (day! <= 28) return true
  const leap = year! % 4 === 0 && (year! % 100 !== 0 || year! % 400 === 0)
  return day! <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month!) ? 30 : 31)
}

/**
 * UTCTime or GeneralizedTime (see `readTime`) as RFC 3339 text in UTC: `2030-12-31T08:30:00Z`, with milliseconds only
 * where there are some.
 * The two forms that RFC 5280 allows are rearranged octet by octet, without a `Date`: a CRL holds a million of them.
 */
export function readInstant(tlv: Tlv): string {
  const { source, contentStart, end, tag } = tlv
  // any other tag is for readTime to refuse
  const digits = tag === TAG.utcTime ? 12 : tag === TAG.generalizedTime ? 14 : -2
  if (end - contentStart !== digits + 1 || source[end - 1] !== 0x5a) return instantText(readTime(tlv), tlv)
  for (let at = contentStart; at < end - 1; at++)
    if (source[at]! < 0x30 || source[at]! > 0x39) return instantText(readTime(tlv), tlv)
  const at = end - 11
  const two = (from: number): number => source[from]! * 10 + source[from + 1]! - 528
  const [month, day, hour, minute, second] = [two(at), two(at + 2), two(at + 4), two(at + 6), two(at + 8)]
  const shortYear = two(at - 2)
  const century = tag !== TAG.utcTime ? two(at - 4) : shortYear < 50 ? 20 : 19
  // a leap second has no place in RFC 3339 arithmetic: `Date` moves it into the next minute
  if (second === 60) return instantText(readTime(tlv), tlv)
  if (!isRealTime([century * 100 + shortYear, month, day], [hour, minute, second]))
    throw bad('no such date', tlv)
  return `${text2(century)}${text2(shortYear)}-${text2(month)}-${text2(day)}T${text2(hour)}:${text2(minute)}:${text2(second)}Z`
}

/** A time that lacks its zone, read as if it were in UTC; undefined for any other. See `readInstant`. */
export function readZonelessInstant(tlv: Tlv): string | undefined {
  const text = latin1Text(tlv)
  if (!/^\d+(?:[.,]\d+)?$/.test(text)) return undefined
  const source = Buffer.from(`${text}Z`, 'latin1')
  return readInstant({ tag: tlv.tag, source, start: 0, contentStart: 0, end: source.length })
}

const TWO_DIGITS = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'))
const text2 = (n: number): string => TWO_DIGITS[n]!

function instantText(date: Date, tlv: Tlv): string {
  const year = date.getUTCFullYear()
  // an offset can push 9999 over the end: RFC 3339 has four digits
  if (year < 0 || year > 9999) throw bad('no such date', tlv)
  return date.toISOString().replace('.000Z', 'Z')
}
