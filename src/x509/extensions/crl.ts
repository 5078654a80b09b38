import { nameOrOid } from '../../asn1/oids.ts'
import { requireTag, TAG, type Tlv } from '../../asn1/reader.ts'
import { readInteger, readOid, readSmallInteger } from '../../asn1/values.ts'
import { reasonFromCode } from '../../domain/revocation-reason.ts'

/** cRLNumber, deltaCRLIndicator and other lone INTEGERs of any size (RFC 5280 section 5.2.3): decimal text. */
export const decodeDecimal = (tlv: Tlv): string =>
  readInteger(requireTag(tlv, TAG.integer, 'a number')).toString()

/** reasonCode (RFC 5280 section 5.3.1): the name, or the code as text where it has none. */
export function decodeReasonCode(tlv: Tlv): string {
  const code = readSmallInteger(requireTag(tlv, TAG.enumerated, 'the reason'), 'the reason')
  return reasonFromCode(code) ?? String(code)
}

/** holdInstructionCode (RFC 3280 section 5.3.2): a name or an OID. */
export const decodeHoldInstruction = (tlv: Tlv): string =>
  nameOrOid('other', readOid(requireTag(tlv, TAG.oid, 'the hold instruction')))
