import { toHex } from '../../base/bytes.ts'
import { contentOf, contextTag, DerReader, requireTag, TAG, type Tlv } from '../../asn1/reader.ts'
import { readIntegerHex } from '../../asn1/values.ts'
import type { CertificateFacts, GeneralName } from '../../domain/facts.ts'
import { readGeneralNames } from '../general-name.ts'
import { asSequence } from './shape.ts'

/** subjectKeyIdentifier (RFC 5280 section 4.2.1.2): lower-case hex. */
export const decodeSubjectKeyIdentifier = (tlv: Tlv): string =>
  toHex(contentOf(requireTag(tlv, TAG.octetString, 'the key identifier')))

/** authorityKeyIdentifier (RFC 5280 section 4.2.1.1). Its three parts are optional; `issuer` is text. */
export function decodeAuthorityKeyIdentifier(
  tlv: Tlv,
): NonNullable<CertificateFacts['authorityKeyIdentifier']> {
  const reader = asSequence(tlv, 'the authority key identifier')
  const keyIdentifier = reader.readIf(contextTag(0, false))
  const issuer = reader.readIf(contextTag(1, true))
  const serialNumber = reader.readIf(contextTag(2, false))
  reader.finish('authority key identifier')
  return {
    keyIdentifier: keyIdentifier ? toHex(contentOf(keyIdentifier)) : null,
    issuer: issuer ? issuerText(readGeneralNames(DerReader.into(issuer))) : null,
    serialNumber: serialNumber ? readIntegerHex(serialNumber) : null,
  }
}

// nearly always exactly one directoryName
const issuerText = (names: readonly GeneralName[]): string =>
  names.map(({ type, value }) => (type === 'directoryName' ? value : `${type}:${value}`)).join('; ')
