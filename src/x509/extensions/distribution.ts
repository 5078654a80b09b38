import { contextTag, DerReader, type Tlv } from '../../asn1/reader.ts'
import { readBoolean } from '../../asn1/values.ts'
import type { GeneralName } from '../../domain/facts.ts'
import { readGeneralNames } from '../general-name.ts'
import { formatName, readRdn } from '../name.ts'
import { asSequence, listOf } from './shape.ts'
import { namedBits } from './usage.ts'

/** ReasonFlags in their order (RFC 5280 section 4.2.1.13); bit 0 is unused. */
export const REASON_FLAGS = [
  undefined,
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
] as const

/** DistributionPointName: full names, or one RDN (RFC 4514 text) below the issuer of the CRL. */
interface PointName {
  readonly fullName?: readonly GeneralName[]
  readonly nameRelativeToCRLIssuer?: string
}

/** One DistributionPoint (RFC 5280 section 4.2.1.13). */
export interface DistributionPoint extends PointName {
  readonly reasons?: readonly string[]
  readonly cRLIssuer?: readonly GeneralName[]
}

/** issuingDistributionPoint (RFC 5280 section 5.2.5). */
export interface IssuingDistributionPoint extends PointName {
  readonly onlyContainsUserCerts: boolean
  readonly onlyContainsCACerts: boolean
  readonly onlySomeReasons?: readonly string[]
  readonly indirectCRL: boolean
  readonly onlyContainsAttributeCerts: boolean
}

/** cRLDistributionPoints, freshestCRL. */
export const decodeDistributionPoints = (tlv: Tlv): readonly DistributionPoint[] =>
  listOf(tlv, 'the distribution points', (point) => {
    const reader = asSequence(point, 'a distribution point')
    const name = reader.enterIf(contextTag(0, true))
    const reasons = reader.readIf(contextTag(1, false))
    const issuer = reader.enterIf(contextTag(2, true))
    reader.finish('distribution point')
    return {
      ...(name && readPointName(name)),
      ...(reasons && { reasons: namedBits(reasons, REASON_FLAGS) }),
      ...(issuer && { cRLIssuer: readGeneralNames(issuer) }),
    }
  })

/** issuingDistributionPoint of a CRL. */
export function decodeIssuingDistributionPoint(tlv: Tlv): IssuingDistributionPoint {
  const reader = asSequence(tlv, 'the issuing distribution point')
  const name = reader.enterIf(contextTag(0, true))
  const flag = (n: number): boolean => {
    const value = reader.readIf(contextTag(n, false))
    return value !== undefined && readBoolean(value)
  }
  const [onlyContainsUserCerts, onlyContainsCACerts] = [flag(1), flag(2)]
  const reasons = reader.readIf(contextTag(3, false))
  const [indirectCRL, onlyContainsAttributeCerts] = [flag(4), flag(5)]
  reader.finish('issuing distribution point')
  return {
    ...(name && readPointName(name)),
    onlyContainsUserCerts,
    onlyContainsCACerts,
    ...(reasons && { onlySomeReasons: namedBits(reasons, REASON_FLAGS) }),
    indirectCRL,
    onlyContainsAttributeCerts,
  }
}

// DistributionPointName is a CHOICE, so the tag [0] around it is explicit
function readPointName(reader: DerReader): PointName {
  const full = reader.enterIf(contextTag(0, true))
  if (full) return { fullName: readGeneralNames(full) }
  const relative = reader.enterIf(contextTag(1, true))
  return relative ? { nameRelativeToCRLIssuer: formatName(readRdn(relative)) } : {}
}
