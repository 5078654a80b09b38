import { TAG } from '../asn1/reader.ts'
import { bmpString, ia5String, printableString, tlv, utf8String } from '../asn1/writer.ts'
import type { NameAttribute } from '../domain/facts.ts'

const ENCODERS: Readonly<Record<string, (value: string) => Uint8Array>> = {
  utf8: utf8String,
  printable: printableString,
  ia5: ia5String,
  bmp: bmpString,
  teletex: (value) => tlv(TAG.teletexString, Buffer.from(value, 'latin1')),
  numeric: (value) => tlv(TAG.numericString, Buffer.from(value, 'latin1')),
  visible: (value) => tlv(TAG.visibleString, Buffer.from(value, 'latin1')),
  universal: (value) => tlv(TAG.universalString, utf32(value)),
}

/** The value of an attribute as DER, in the string type that it was read from. */
export const encodeText = (attribute: NameAttribute): Uint8Array =>
  (ENCODERS[attribute.encoding] ?? utf8String)(attribute.value)

function utf32(value: string): Uint8Array {
  const points = [...value]
  const bytes = Buffer.alloc(points.length * 4)
  points.forEach((point, i) => bytes.writeUInt32BE(point.codePointAt(0)!, i * 4))
  return bytes
}
