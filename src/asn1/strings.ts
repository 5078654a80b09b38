import { isUtf8 } from 'node:buffer'
import { toHex } from '../base/bytes.ts'
import { bytesOf, contentOf, TAG, type Tlv } from './reader.ts'

/** Names of the ASN.1 string types, by tag; `other` means that the value is no text. */
const ENCODINGS: Readonly<Record<number, string>> = {
  [TAG.utf8String]: 'utf8',
  [TAG.printableString]: 'printable',
  [TAG.ia5String]: 'ia5',
  [TAG.teletexString]: 'teletex',
  [TAG.bmpString]: 'bmp',
  [TAG.numericString]: 'numeric',
  [TAG.universalString]: 'universal',
  [TAG.visibleString]: 'visible',
}

/** Text and the string type it was encoded in. With `other`, `text` is `#` and the hex of the whole TLV (RFC 4514). */
export interface DecodedString {
  readonly text: string
  readonly encoding: string
}

/** The same octets as a Buffer, whose conversions to text take offsets. Copies nothing. */
export const asBuffer = (source: Uint8Array): Buffer =>
  source instanceof Buffer ? source : Buffer.from(source.buffer, source.byteOffset, source.byteLength)

/** Octets of a content as text, one character per octet: for ASCII types and for TeletexString as it is used. */
export const latin1Text = (tlv: Tlv): string =>
  asBuffer(tlv.source).toString('latin1', tlv.contentStart, tlv.end)

/** All octets of a value, tag and length among them, one character per octet. */
export const latin1Octets = ({ source, start, end }: Tlv): string =>
  asBuffer(source).toString('latin1', start, end)

/** Octets of an IA5String as text; `#` and their hex when one of them is no ASCII: nobody can say what was meant. */
export function asciiText(tlv: Tlv): string {
  const text = latin1Text(tlv)
  return /^[\u0000-\u007f]*$/.test(text) ? text : `#${toHex(contentOf(tlv))}`
}

/**
 * The text of any string type (X.690 section 8.23). TeletexString is read as Latin-1, which is what all writers
 * put there. Octets that are wrong for their type (invalid UTF-8, half a surrogate pair) make the value `other`.
 */
export function readString(tlv: Tlv): DecodedString {
  const text = textOf(tlv)
  return text === undefined
    ? { text: `#${toHex(bytesOf(tlv)).toUpperCase()}`, encoding: 'other' }
    : { text, encoding: ENCODINGS[tlv.tag]! }
}

/** The text of a string type, or undefined when `tlv` is none or its octets are wrong. */
export function textOf(tlv: Tlv): string | undefined {
  switch (tlv.tag) {
    case TAG.utf8String:
      return utf8Text(tlv)
    case TAG.bmpString:
      return bmpText(tlv)
    case TAG.universalString:
      return universalText(tlv)
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.teletexString:
    case TAG.numericString:
    case TAG.visibleString:
      return latin1Text(tlv)
    default:
      return undefined
  }
}

/** The content as UTF-8, whatever the tag is; undefined when the octets are no UTF-8. */
export function utf8Text(tlv: Tlv): string | undefined {
  const text = asBuffer(tlv.source).toString('utf8', tlv.contentStart, tlv.end)
  // the replacement character is either what was written or the mark of a bad octet
  if (!text.includes('\uFFFD')) return text
  return isUtf8(tlv.source.subarray(tlv.contentStart, tlv.end)) ? text : undefined
}

/** The content as UTF-16, big end first, whatever the tag is; undefined when half a character stands in it. */
export function bmpText(tlv: Tlv): string | undefined {
  if ((tlv.end - tlv.contentStart) % 2 !== 0) return undefined
  return wholeText(Buffer.from(contentOf(tlv)).swap16().toString('utf16le'))
}

/** The same text; undefined with half a surrogate pair in it, which JSON must not have (RFC 7493 section 2.1). */
const wholeText = (text: string): string | undefined => (/\p{Surrogate}/u.test(text) ? undefined : text)

function universalText(tlv: Tlv): string | undefined {
  if ((tlv.end - tlv.contentStart) % 4 !== 0) return undefined
  const view = new DataView(tlv.source.buffer, tlv.source.byteOffset)
  let text = ''
  for (let i = tlv.contentStart; i < tlv.end; i += 4) {
    const point = view.getUint32(i)
    if (point > 0x10_ffff) return undefined
    text += String.fromCodePoint(point)
  }
  return wholeText(text)
}
