import { DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { readBoolean, readOid } from '../asn1/values.ts'

/** One Extension (RFC 5280 section 4.1) before its value is looked at. */
export interface RawExtension {
  readonly oid: string
  readonly critical: boolean
  /** The OCTET STRING; its content is the DER of the value. */
  readonly octets: Tlv
}

/** The Extensions SEQUENCE under an explicit tag, when that comes next. @throws {CertmanError} `der.malformed` */
export function readTaggedExtensions(reader: DerReader, tag: number): Tlv | undefined {
  const tagged = reader.enterIf(tag)
  const extensions = tagged?.read(TAG.sequence, 'the extensions')
  tagged?.finish('extensions')
  return extensions
}

/**
 * Reads an Extensions SEQUENCE.
 *
 * @param extensions the SEQUENCE OF, without the context tag around it; undefined gives an empty list
 * @throws {CertmanError} `der.malformed`
 */
export function readRawExtensions(extensions: Tlv | undefined): RawExtension[] {
  const all: RawExtension[] = []
  if (!extensions) return all
  const reader = DerReader.into(extensions)
  while (!reader.atEnd) all.push(readRawExtension(reader.read(TAG.sequence, 'an extension')))
  return all
}

/** Reads one Extension. @throws {CertmanError} `der.malformed` */
export function readRawExtension(tlv: Tlv): RawExtension {
  const extension = DerReader.into(tlv)
  const oid = readOid(extension.read(TAG.oid, 'the type of an extension'))
  const critical = extension.readIf(TAG.boolean)
  const octets = extension.read(TAG.octetString, 'the value of an extension')
  extension.finish('extension')
  return { oid, critical: critical !== undefined && readBoolean(critical), octets }
}
