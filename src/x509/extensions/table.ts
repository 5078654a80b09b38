import { decodeAccess } from './access.ts'
import { decodeGeneralNames } from './alternative-names.ts'
import { decodeDistributionPoints } from './distribution.ts'
import { decodeAuthorityKeyIdentifier, decodeSubjectKeyIdentifier } from './identifiers.ts'
import { decodePolicies } from './policies.ts'
import { RARE_DECODERS } from './rare-table.ts'
import type { Decoder } from './shape.ts'
import { decodeTimestampList } from './transparency.ts'
import * as usage from './usage.ts'

/** How to read the value of the extensions that most certificates have. Functions: only what is asked for is loaded. */
const USUAL_DECODERS: ReadonlyMap<string, () => Decoder> = new Map<string, () => Decoder>([
  ['2.5.29.14', () => decodeSubjectKeyIdentifier],
  ['2.5.29.15', () => usage.decodeKeyUsage],
  ['2.5.29.17', () => decodeGeneralNames],
  ['2.5.29.18', () => decodeGeneralNames],
  ['2.5.29.19', () => usage.decodeBasicConstraints],
  ['2.5.29.31', () => decodeDistributionPoints],
  ['2.5.29.32', () => decodePolicies],
  ['2.5.29.35', () => decodeAuthorityKeyIdentifier],
  ['2.5.29.37', () => usage.decodeExtendedKeyUsage],
  ['1.3.6.1.5.5.7.1.1', () => decodeAccess],
  ['1.3.6.1.4.1.11129.2.4.2', () => decodeTimestampList],
])

/** How to read the value of an extension; the names stand in `asn1/oids/extensions.ts`. */
export const decoderOf = (oid: string): Decoder | undefined =>
  // most certificates do without the second table and all that it brings
  USUAL_DECODERS.get(oid)?.() ?? RARE_DECODERS.get(oid)
