import { CertmanError } from '../base/errors.ts'
import { contentOf, TAG, type Tlv } from './reader.ts'

const bad = (what: string, tlv: Tlv): CertmanError =>
  new CertmanError('der.malformed', `malformed DER at byte ${tlv.start}: ${what}`)

/** Dotted text of an OBJECT IDENTIFIER (X.690 section 8.19). Arcs of any size. */
export function readOid(tlv: Tlv): string {
  const bytes = contentOf(tlv)
  if (bytes.length === 0 || bytes[bytes.length - 1]! >= 0x80) throw bad('truncated object identifier', tlv)
  const arcs: string[] = []
  let small = 0
  let large: bigint | undefined
  let fresh = true
  for (const byte of bytes) {
    if (fresh && byte === 0x80) throw bad('object identifier with a padded arc', tlv)
    if (large === undefined && small > 0x3_ffff_ffff_ff) large = BigInt(small)
    if (large === undefined) small = small * 128 + (byte & 0x7f)
    else large = (large << 7n) | BigInt(byte & 0x7f)
    fresh = byte < 0x80
    if (!fresh) continue
    arcs.push(...arcTexts(arcs.length === 0, small, large))
    small = 0
    large = undefined
  }
  return arcs.join('.')
}

function arcTexts(isFirst: boolean, small: number, large: bigint | undefined): string[] {
  if (!isFirst) return [large === undefined ? String(small) : String(large)]
  if (large !== undefined) return ['2', String(large - 80n)]
  const root = small < 40 ? 0 : small < 80 ? 1 : 2
  return [String(root), String(small - root * 40)]
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
  const value = readInteger(tlv)
  if (value < 0n || value > 0x7fff_ffffn) throw bad(`${what} out of range`, tlv)
  return Number(value)
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

/** UTCTime or GeneralizedTime as an instant (RFC 5280 section 4.1.2.5). Fractions and offsets are understood. */
export function readTime(tlv: Tlv): Date {
  const text = Buffer.from(contentOf(tlv)).toString('latin1')
  const match =
    tlv.tag === TAG.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?()(Z|[+-]\d{4})$/.exec(text)
      : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,](\d+))?(Z|[+-]\d{4})?$/.exec(text)
  if (!match || (tlv.tag !== TAG.utcTime && tlv.tag !== TAG.generalizedTime)) throw bad('malformed time', tlv)
  const [, y, mo, d, h, mi, s = '00', fraction = '', zone = 'Z'] = match
  const year = y!.length === 4 ? Number(y) : Number(y) + (Number(y) < 50 ? 2000 : 1900)
  const millis = Math.floor(Number(`0.${fraction || '0'}`) * 1000)
  const date = new Date(0)
  date.setUTCFullYear(year, Number(mo) - 1, Number(d))
  date.setUTCHours(Number(h), Number(mi), Number(s), millis)
  if (
    date.getUTCMonth() !== Number(mo) - 1 ||
    date.getUTCDate() !== Number(d) ||
    Number(h) > 23 ||
    Number(mi) > 59
  )
    throw bad('no such date', tlv)
  if (zone === 'Z') return date
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))
  return new Date(date.getTime() - (zone.startsWith('-') ? -minutes : minutes) * 60_000)
}
