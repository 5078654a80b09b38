import { CertmanError } from '../../base/errors.ts'
import { toHex } from '../../base/bytes.ts'
import { contentOf, TAG, type Tlv } from '../../asn1/reader.ts'
import { textOf, utf8Text } from '../../asn1/strings.ts'
import { asSequence, required } from './shape.ts'

/** Any string type: its text. */
export function decodeText(tlv: Tlv): string {
  const text = textOf(tlv)
  if (text === undefined)
    throw new CertmanError('der.malformed', `malformed DER at byte ${tlv.start}: expected a text`)
  return text
}

/** An OCTET STRING: lower-case hex. */
export const decodeOctets = (tlv: Tlv): string =>
  toHex(contentOf(required(tlv, TAG.octetString, 'an octet string')))

/** Extensions that only stand there: OCSP no-check, CT poison, no revocation available. */
export function decodeMarker(tlv: Tlv): true {
  required(tlv, TAG.null, 'NULL')
  return true
}

/** issuerSignTool and the like: a SEQUENCE OF strings. */
export function decodeTexts(tlv: Tlv): readonly string[] {
  const reader = asSequence(tlv, 'texts')
  const texts: string[] = []
  while (!reader.atEnd) texts.push(decodeText(reader.read()))
  return texts
}

/** Early Sigstore extensions put text into the octets without any DER around it. */
export const decodeBareText = (octets: Tlv): string | undefined => utf8Text(octets)
