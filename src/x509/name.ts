import { toHex } from '../base/bytes.ts'
import { namesOf } from '../asn1/oids.ts'
import { bytesOf, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { remembering } from '../asn1/remember.ts'
import { readString } from '../asn1/strings.ts'
import { readOid } from '../asn1/values.ts'
import type { NameAttribute, NameAttributes } from '../domain/facts.ts'
import { encodeText } from './name-encoding.ts'

const shortNames = namesOf('attributeType')

/**
 * The RDNs of a Name (RFC 5280 section 4.1.2.4) in encoded order.
 *
 * @throws {CertmanError} `der.malformed`
 */
export const readName = remembering(decodeName, 1024)

function decodeName(tlv: Tlv): NameAttributes {
  const rdns = DerReader.into(tlv)
  const name: NameAttribute[][] = []
  while (!rdns.atEnd) {
    const attributes = rdns.enter(TAG.set, 'a relative distinguished name')
    const rdn: NameAttribute[] = []
    // RFC 5280 wants at least one attribute; real certificates with an empty set are in use, so it is shown as nothing
    while (!attributes.atEnd)
      rdn.push(readAttribute(attributes.enter(TAG.sequence, 'an attribute of a name')))
    name.push(rdn)
  }
  return name
}

/** The RDNs of one RelativeDistinguishedName whose SET tag was replaced (RFC 5280 section 4.2.1.13, nameRelativeToCRLIssuer). */
export function readRdn(reader: DerReader): NameAttributes {
  const rdn: NameAttribute[] = []
  while (!reader.atEnd) rdn.push(readAttribute(reader.enter(TAG.sequence, 'an attribute of a name')))
  return [rdn]
}

function readAttribute(reader: DerReader): NameAttribute {
  const oid = readOid(reader.read(TAG.oid, 'the type of an attribute'))
  const { text, encoding } = readString(reader.read(undefined, 'the value of an attribute'))
  reader.finish('attribute of a name')
  return { type: shortNames.get(oid) ?? oid, oid, value: text, encoding }
}

/**
 * RFC 4514 text: last RDN first, `,` between RDNs, `+` inside one, special characters escaped, types without a
 * short name as `1.2.3.4=#0C0141`. Control characters are escaped as `\0A`, so the text is safe on one line.
 */
export function formatName(name: NameAttributes): string {
  let text = ''
  for (let i = name.length - 1; i >= 0; i--) {
    const rdn = name[i]!
    if (rdn.length === 0) continue
    if (text !== '') text += ','
    // RFC 4514 leaves the order inside an RDN open; this is the one of OpenSSL
    text += rdn.length === 1 ? formatAttribute(rdn[0]!) : rdn.map(formatAttribute).toReversed().join('+')
  }
  return text
}

function formatAttribute(attribute: NameAttribute): string {
  const value = attribute.encoding === 'other' ? attribute.value : textOrHex(attribute)
  return `${attribute.type}=${value}`
}

// RFC 4514 section 2.4: a type in dotted form takes the hex of the value's encoding
const textOrHex = (attribute: NameAttribute): string =>
  attribute.type === attribute.oid
    ? `#${toHex(encodeText(attribute)).toUpperCase()}`
    : escapeValue(attribute.value)

// nearly every value has none of these, so one test spares the rest
const NEEDS_ESCAPE = /[\u0000-\u001f\u007f-\u009f"+,;<>\\]|^[ #]| $/

function escapeValue(value: string): string {
  if (!NEEDS_ESCAPE.test(value)) return value
  return (
    value
      .replace(/["+,;<>\\]/g, '\\$&')
      .replace(/^[ #]/, '\\$&')
      // a space that is both first and last was escaped already
      .replace(/(?<!^\\) $/, '\\ ')
      .replace(/[\u0000-\u001f\u007f-\u009f]/g, (control) =>
        [...Buffer.from(control, 'utf8')]
          .map((byte) => `\\${toHex(Uint8Array.of(byte)).toUpperCase()}`)
          .join(''),
      )
  )
}

/** Whether two Names are the same octets: the fast test before any comparison by rule (RFC 5280 section 7.1). */
export const sameName = (a: Tlv, b: Tlv): boolean => Buffer.compare(bytesOf(a), bytesOf(b)) === 0
