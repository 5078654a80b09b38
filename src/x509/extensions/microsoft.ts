import { contentOf, contextTag, DerReader, requireTag, TAG, type Tlv } from '../../asn1/reader.ts'
import { readInteger, readOid, readSmallInteger } from '../../asn1/values.ts'
import { asSequence } from './shape.ts'

/** certificateTemplate, version 2 ([MS-WCCE] section 2.2.2.7.7.2). */
export function decodeTemplate(tlv: Tlv): {
  readonly templateId: string
  readonly majorVersion?: number
  readonly minorVersion?: number
} {
  const reader = asSequence(tlv, 'the template')
  const templateId = readOid(reader.read(TAG.oid, 'the identifier of the template'))
  const major = reader.readIf(TAG.integer)
  const minor = reader.readIf(TAG.integer)
  reader.finish('template')
  return {
    templateId,
    ...(major && { majorVersion: readSmallInteger(major, 'the version') }),
    ...(minor && { minorVersion: readSmallInteger(minor, 'the version') }),
  }
}

/** caVersion ([MS-WCCE] section 2.2.2.7.5): how often certificate and key of the authority were renewed. */
export function decodeCaVersion(tlv: Tlv): { readonly certificateIndex: number; readonly keyIndex: number } {
  const both = readInteger(requireTag(tlv, TAG.integer, 'the version of the authority'))
  return { certificateIndex: Number(both & 0xffffn), keyIndex: Number((both >> 16n) & 0xffffn) }
}

/** ntdsCaSecurity ([MS-WCCE] section 2.2.2.7.7.4): the security identifier (`S-1-5-…`) of the requester. */
export function decodeNtdsSecurity(tlv: Tlv): { readonly objectSid: string | null } {
  const reader = asSequence(tlv, 'the security extension')
  while (!reader.atEnd) {
    const other = DerReader.into(reader.read(contextTag(0, true), 'an other name'))
    const oid = readOid(other.read(TAG.oid, 'the type of an other name'))
    const value = other.enter(contextTag(0, true), 'the value of an other name').read(TAG.octetString)
    if (oid === '1.3.6.1.4.1.311.25.2.1')
      return { objectSid: Buffer.from(contentOf(value)).toString('latin1') }
  }
  return { objectSid: null }
}
