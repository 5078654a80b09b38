import { toHex } from '../../base/bytes.ts'
import { contentOf, malformedDer, requireTag, TAG, type Tlv } from '../../asn1/reader.ts'
import { textOf } from '../../asn1/strings.ts'
import { listOf } from './shape.ts'

/** Any string type: its text. */
export function decodeText(tlv: Tlv): string {
  const text = textOf(tlv)
  if (text === undefined) throw malformedDer('expected a text', tlv.start)
  return text
}

/** An OCTET STRING: lower-case hex. */
export const decodeOctets = (tlv: Tlv): string =>
  toHex(contentOf(requireTag(tlv, TAG.octetString, 'an octet string')))

/** Extensions that only stand there: OCSP no-check, CT poison, no revocation available. */
export function decodeMarker(tlv: Tlv): true {
  requireTag(tlv, TAG.null, 'NULL')
  return true
}

/** issuerSignTool and the like: a SEQUENCE OF strings. */
export const decodeTexts = (tlv: Tlv): readonly string[] => listOf(tlv, 'texts', decodeText)
