import { decodeSubjectAltName } from './alternative-names.ts'
import { decodeDecimal, decodeHoldInstruction, decodeInstant, decodeReasonCode } from './crl.ts'
import { decodeAuthorityKeyIdentifier, decodeSubjectKeyIdentifier } from './identifiers.ts'
import type { Decoder } from './shape.ts'
import {
  decodeBasicConstraints,
  decodeExtendedKeyUsage,
  decodeKeyUsage,
  decodePrivateKeyUsagePeriod,
} from './usage.ts'

/** How to read the value of each extension; the names stand in `asn1/oids/extensions.ts`. */
export const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['2.5.29.14', decodeSubjectKeyIdentifier],
  ['2.5.29.15', decodeKeyUsage],
  ['2.5.29.16', decodePrivateKeyUsagePeriod],
  ['2.5.29.17', decodeSubjectAltName],
  ['2.5.29.18', decodeSubjectAltName],
  ['2.5.29.19', decodeBasicConstraints],
  ['2.5.29.20', decodeDecimal],
  ['2.5.29.21', decodeReasonCode],
  ['2.5.29.23', decodeHoldInstruction],
  ['2.5.29.24', decodeInstant],
  ['2.5.29.27', decodeDecimal],
  ['2.5.29.29', decodeSubjectAltName],
  ['2.5.29.35', decodeAuthorityKeyIdentifier],
  ['2.5.29.37', decodeExtendedKeyUsage],
])
