import type { CrlFacts, GeneralName } from '../domain/facts.ts'
import { extensionValue } from '../x509/extension-value.ts'
import {
  type DistributionPoint,
  type IssuingDistributionPoint,
  REASON_FLAGS,
} from '../x509/extensions/distribution.ts'
import { nameKey, nameTextKey } from './compare-names.ts'
import type { PathMember } from './path-member.ts'

/** Why a certificate may be revoked, as far as CRLs share the reasons out (ReasonFlags, RFC 5280 section 4.2.1.13). */
export type Reasons = ReadonlySet<string>

/** What a CRL for every reason covers. */
export const ALL_REASONS: Reasons = new Set(REASON_FLAGS.filter((name) => name !== undefined))

const NO_REASON: Reasons = new Set()

/** A CRL, as far as it matters which certificates it is for. */
export interface ScopedCrl {
  readonly facts: CrlFacts
  readonly issuerKey: string
  /** issuingDistributionPoint; absent: it is for all that its issuer issued, and all reasons. */
  readonly scope?: IssuingDistributionPoint
}

/**
 * Whether a CRL may say anything of a certificate (RFC 5280 section 6.3.3 b 1): its issuer issued both, or the
 * certificate names the issuer of the CRL, and the CRL says that it is for what others issued.
 */
export const maySpeakOf = (crl: ScopedCrl, member: PathMember): boolean =>
  crl.issuerKey === nameKey(member.facts.issuerAttributes) || pointsTo(crl, member).length > 0

/** The distribution points of a certificate that name the issuer of an indirect CRL. */
const pointsTo = ({ issuerKey, scope }: ScopedCrl, member: PathMember): readonly DistributionPoint[] =>
  scope?.indirectCRL === true
    ? distributionPoints(member).filter(({ cRLIssuer = [] }) => directoryKeys(cRLIssuer).includes(issuerKey))
    : []

const distributionPoints = ({ extensions }: PathMember): readonly DistributionPoint[] =>
  extensionValue(extensions, 'cRLDistributionPoints') ?? []

/** Who signs the CRLs about a certificate, where that is not its issuer: RFC 4514 text, of its distribution points. */
export const crlIssuersOf = (member: PathMember): readonly string[] =>
  distributionPoints(member).flatMap(({ cRLIssuer }) => directoryText(cRLIssuer) ?? [])

/**
 * For which reasons it would tell, that a CRL does not list a certificate of which it may speak (RFC 5280 section
 * 6.3.3 b 2 and d): the interim_reasons_mask of all distribution points together.
 */
export function reasonsFor(crl: ScopedCrl, member: PathMember): Reasons {
  const { scope } = crl
  if (!scope) return ALL_REASONS
  const isAuthority = member.facts.basicConstraints?.ca === true
  if (isAuthority ? scope.onlyContainsUserCerts : scope.onlyContainsCACerts) return NO_REASON
  if (scope.onlyContainsAttributeCerts) return NO_REASON
  const named = pointsFor(crl, member).flatMap(({ reasons }) => reasons ?? [...ALL_REASONS])
  const { onlySomeReasons: some } = scope
  return new Set(some ? named.filter((reason) => some.includes(reason)) : named)
}

/** The distribution points of a certificate, and the one that every certificate has, as far as they lead to this CRL. */
function pointsFor(crl: ScopedCrl, member: PathMember): readonly DistributionPoint[] {
  const { issuerAttributes, issuer } = member.facts
  const isOwn = crl.issuerKey === nameKey(issuerAttributes)
  // the end of section 6.3.3: any CRL of the issuer, as if its name stood in a distribution point
  const usual: DistributionPoint = { fullName: [{ type: 'directoryName', value: issuer }] }
  const direct = distributionPoints(member).filter(({ cRLIssuer }) => !cRLIssuer)
  const points = isOwn ? [...direct, ...pointsTo(crl, member), usual] : pointsTo(crl, member)
  const own = crl.scope && pointNames(crl.scope, crl.facts.issuer)
  // a CRL without a name of its own is for any distribution point (b 2 i)
  if (!own) return points
  const wanted = new Set(own)
  return points.filter((point) => {
    const names =
      pointNames(point, directoryText(point.cRLIssuer) ?? issuer) ?? generalKeys(point.cRLIssuer ?? [])
    return names.some((name) => wanted.has(name))
  })
}

/** Keys of the names of a distribution point. @param issuer of the CRL, which a relative name is below; RFC 4514 text */
function pointNames(
  { fullName, nameRelativeToCRLIssuer: relative }: DistributionPoint | IssuingDistributionPoint,
  issuer: string,
): readonly string[] | undefined {
  if (fullName) return generalKeys(fullName)
  // RFC 4514 text begins with the last RDN
  return relative === undefined
    ? undefined
    : generalKeys([{ type: 'directoryName', value: `${relative},${issuer}` }])
}

const generalKeys = (names: readonly GeneralName[]): readonly string[] =>
  names.map(({ type, value }) => `${type} ${type === 'directoryName' ? nameTextKey(value) : value}`)

const directoryText = (names: readonly GeneralName[] = []): string | undefined =>
  names.find(({ type }) => type === 'directoryName')?.value

/** Keys of the directory names among general names. */
export const directoryKeys = (names: readonly GeneralName[]): readonly string[] =>
  names.flatMap(({ type, value }) => (type === 'directoryName' ? [nameTextKey(value)] : []))
