import { utf8Text } from '../../asn1/strings.ts'
import { readInstant } from '../../asn1/values.ts'
import { decodeAccess } from './access.ts'
import { decodeGeneralNames } from './alternative-names.ts'
import { decodeDecimal, decodeHoldInstruction, decodeReasonCode } from './crl.ts'
import { decodeDistributionPoints, decodeIssuingDistributionPoint } from './distribution.ts'
import { decodeLogotypes } from './logotype.ts'
import { decodeCaVersion, decodeNtdsSecurity, decodeTemplate } from './microsoft.ts'
import { decodeNameConstraints } from './name-constraints.ts'
import {
  decodeApplicationPolicies,
  decodeInhibitAnyPolicy,
  decodePolicyConstraints,
  decodePolicyMappings,
} from './policies.ts'
import { decodeQcStatements } from './qualified.ts'
import * as rare from './rare.ts'
import type { Decoder } from './shape.ts'
import { decodeMarker, decodeOctets, decodeText, decodeTexts } from './simple.ts'
import { decodeTimestampList } from './transparency.ts'
import * as usage from './usage.ts'

/** How to read the value of the extensions that few certificates have. */
export const RARE_DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['2.5.29.9', rare.decodeDirectoryAttributes],
  ['2.5.29.16', usage.decodePrivateKeyUsagePeriod],
  ['2.5.29.20', decodeDecimal],
  ['2.5.29.21', decodeReasonCode],
  ['2.5.29.23', decodeHoldInstruction],
  ['2.5.29.24', readInstant],
  ['2.5.29.27', decodeDecimal],
  ['2.5.29.28', decodeIssuingDistributionPoint],
  ['2.5.29.29', decodeGeneralNames],
  ['2.5.29.30', decodeNameConstraints],
  ['2.5.29.33', decodePolicyMappings],
  ['2.5.29.36', decodePolicyConstraints],
  ['2.5.29.46', decodeDistributionPoints],
  ['2.5.29.54', decodeInhibitAnyPolicy],
  ['2.5.29.56', decodeMarker],
  ['2.5.29.60', readInstant],
  ['1.3.6.1.5.5.7.1.3', decodeQcStatements],
  ['1.3.6.1.5.5.7.1.11', decodeAccess],
  ['1.3.6.1.5.5.7.1.12', decodeLogotypes],
  ['1.3.6.1.5.5.7.1.14', rare.decodeProxyCertInfo],
  ['1.3.6.1.5.5.7.1.24', rare.decodeTlsFeature],
  ['1.3.6.1.5.5.7.1.31', decodeOctets],
  ['1.3.6.1.5.5.7.48.1.5', decodeMarker],
  ['1.2.840.113549.1.9.15', rare.decodeSmimeCapabilities],
  ['1.2.840.113533.7.65.0', rare.decodeEntrustVersion],
  ['1.2.840.113583.1.1.9.1', rare.decodeAdobeTimestamp],
  ['1.3.6.1.4.1.11129.2.4.3', decodeMarker],
  ['1.3.6.1.4.1.11129.2.4.5', decodeTimestampList],
  ['1.3.6.1.4.1.311.20.2', decodeText],
  ['1.3.6.1.4.1.311.21.1', decodeCaVersion],
  ['1.3.6.1.4.1.311.21.2', decodeOctets],
  ['1.3.6.1.4.1.311.21.3', decodeDecimal],
  ['1.3.6.1.4.1.311.21.4', readInstant],
  ['1.3.6.1.4.1.311.21.7', decodeTemplate],
  ['1.3.6.1.4.1.311.21.10', decodeApplicationPolicies],
  ['1.3.6.1.4.1.311.21.11', decodePolicyMappings],
  ['1.3.6.1.4.1.311.21.12', decodePolicyConstraints],
  ['1.3.6.1.4.1.311.21.14', decodeDistributionPoints],
  ['1.3.6.1.4.1.311.25.2', decodeNtdsSecurity],
  ['2.16.840.1.113730.1.1', rare.decodeNetscapeCertType],
  ['2.16.840.1.113730.1.2', decodeText],
  ['2.16.840.1.113730.1.3', decodeText],
  ['2.16.840.1.113730.1.4', decodeText],
  ['2.16.840.1.113730.1.7', decodeText],
  ['2.16.840.1.113730.1.8', decodeText],
  ['2.16.840.1.113730.1.12', decodeText],
  ['2.16.840.1.113730.1.13', decodeText],
  ['2.23.140.3.1', rare.decodeOrganizationIdentifier],
  ['1.3.6.1.4.1.45724.1.1.4', decodeOctets],
  ['1.3.6.1.4.1.45724.2.1.1', rare.decodeFidoTransports],
  ['1.3.6.1.4.1.57264.1.8', decodeText],
  ['1.3.6.1.4.1.52266.1', decodeText],
  ['1.3.6.1.4.1.52266.2', decodeText],
  ['1.3.36.8.3.1', readInstant],
  ['1.2.643.100.111', decodeText],
  ['1.2.643.100.112', decodeTexts],
])

/** Extensions whose octets are no DER at all but text, as early ones of Sigstore; these take the OCTET STRING itself. */
export const BARE_DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>(
  [1, 2, 3, 4, 5, 6].map((n) => [`1.3.6.1.4.1.57264.1.${n}`, utf8Text]),
)
