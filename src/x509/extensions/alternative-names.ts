import type { Tlv } from '../../asn1/reader.ts'
import type { GeneralName } from '../../domain/facts.ts'
import { readGeneralNames } from '../general-name.ts'
import { asSequence } from './shape.ts'

/** subjectAltName, issuerAltName, certificateIssuer (RFC 5280 sections 4.2.1.6, 4.2.1.7, 5.3.3): `[{type, value}]`. */
export const decodeGeneralNames = (tlv: Tlv): readonly GeneralName[] =>
  readGeneralNames(asSequence(tlv, 'the alternative names'))
