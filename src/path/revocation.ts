import { verifySignature } from '../crypto/verify.ts'
import type { CrlFacts, Extension, RevokedEntry } from '../domain/facts.ts'
import type { RevocationReason } from '../domain/revocation-reason.ts'
import { certificateParts } from '../x509/certificate.ts'
import { crlExtensions, crlParts, describeCrl, revokedEntries } from '../x509/crl.ts'
import type { DistributionPoint, IssuingDistributionPoint } from '../x509/extensions/distribution.ts'
import { nameKey } from './compare-names.ts'
import { isForgeable, signatureScheme } from './judge-certificate.ts'
import type { PathMember } from './path-member.ts'

/** Whether a certificate is revoked, as far as that is known. */
export type RevocationStatus =
  | { readonly status: 'good'; readonly why: string }
  | {
      readonly status: 'revoked'
      readonly why: string
      readonly date: string
      readonly reason: RevocationReason
    }
  | { readonly status: 'unknown'; readonly why: string }

/** A CRL, read as far as choosing one needs. */
interface ShelvedCrl {
  readonly der: Uint8Array
  readonly facts: CrlFacts
  readonly extensions: readonly Extension[]
  readonly issuerKey: string
}

/** CRLs to be asked, whoever signed them. */
export class CrlShelf {
  readonly #crls: readonly ShelvedCrl[]

  /** @throws {CertmanError} `der.malformed` */
  constructor(crls: readonly Uint8Array[]) {
    this.#crls = crls.map((der) => {
      const facts = describeCrl(der)
      return { der, facts, extensions: crlExtensions(der), issuerKey: nameKey(facts.issuerAttributes) }
    })
  }

  /**
   * What the CRLs of its issuer say of a certificate (RFC 5280 section 6.3.3). Those count that the key of the issuer
   * signed. That a certificate is not revoked is believed of those only that hold at this moment and are for all
   * reasons and for such certificates; that it is revoked also of others: an old list, a delta, a partial one. Of a
   * certificate on hold the newest list tells.
   */
  statusOf(member: PathMember, issuer: PathMember, at: Date): RevocationStatus {
    const name = nameKey(member.facts.issuerAttributes)
    const asked = { member, issuer, at }
    let why = 'no CRL of its issuer is at hand'
    let newest: (RevocationStatus & { readonly from: string }) | undefined
    for (const crl of this.#crls.filter(({ issuerKey }) => issuerKey === name)) {
      const status = statusBy(crl, asked)
      if (status.status === 'revoked' && status.reason !== 'certificateHold') return status
      const from = crl.facts.thisUpdate
      if (status.status === 'unknown') why = status.why
      else if (!newest || from > newest.from) newest = { ...status, from }
    }
    if (!newest) return { status: 'unknown', why }
    const { from: _from, ...status } = newest
    return status
  }
}

/** A certificate whose CRL is looked at. */
interface Asked {
  readonly member: PathMember
  readonly issuer: PathMember
  readonly at: Date
}

function statusBy(crl: ShelvedCrl, asked: Asked): RevocationStatus {
  const unknown = (why: string): RevocationStatus => ({ status: 'unknown', why: `the CRL ${why}` })
  const obstacle = obstacleTo(crl, asked)
  if (obstacle !== undefined) return unknown(obstacle)
  const status = lookUp(crl, asked)
  const gap = status.status === 'good' ? gapOf(crl, asked) : undefined
  return gap === undefined ? status : unknown(gap)
}

const scopeOf = ({ extensions }: ShelvedCrl): Extension | undefined =>
  extensions.find(({ name }) => name === 'issuingDistributionPoint')

/** Critical extensions of CRLs that are heeded here. */
const HEEDED: ReadonlySet<string | undefined> = new Set([
  'cRLNumber',
  'deltaCRLIndicator',
  'issuingDistributionPoint',
  'authorityKeyIdentifier',
])

/** Why nothing in a CRL counts for a certificate, as the rest of a sentence about it; undefined: it does. */
function obstacleTo(crl: ShelvedCrl, { issuer }: Asked): string | undefined {
  const strange = crl.extensions.find((each) => each.critical && !HEEDED.has(each.name))
  if (strange) return `has the critical extension ${strange.name ?? strange.oid}, which is not understood`
  const damaged = crl.extensions.find(({ name, malformed }) => HEEDED.has(name) && malformed !== undefined)
  if (damaged) return `has the malformed extension ${damaged.name!}`
  const { keyUsage } = issuer.facts
  if (keyUsage !== null && !keyUsage.includes('cRLSign')) return 'comes from a key that may sign none'
  const { tbs, signature, signatureAlgorithm, signatureAlgorithmsAgree } = crlParts(crl.der)
  // RFC 5280 section 5.1.1.2
  if (!signatureAlgorithmsAgree) return 'names two signature algorithms'
  const { spki } = certificateParts(issuer.der)
  const verdict = verifySignature({ algorithm: signatureAlgorithm, signed: tbs, signature, spki })
  return verdict === 'valid' ? undefined : 'is not signed by the key of the issuer'
}

/** Why it says little that a CRL does not list a certificate. */
function gapOf(crl: ShelvedCrl, { member, at }: Asked): string | undefined {
  const { der, facts } = crl
  if (at < new Date(facts.thisUpdate)) return `is from ${facts.thisUpdate}, after the time in question`
  if (facts.nextUpdate !== null && at > new Date(facts.nextUpdate)) return `ended on ${facts.nextUpdate}`
  if (facts.deltaCrlIndicator !== null) return 'is a delta'
  const scope = scopeOf(crl)
  if (scope && !isInScope(scope.value as IssuingDistributionPoint | undefined, member))
    return 'is not for such certificates'
  const scheme = signatureScheme(facts.signatureAlgorithm, crlParts(der))
  return isForgeable(scheme) ? `is signed with ${scheme}, which can be forged` : undefined
}

/** RFC 5280 section 6.3.3 b 2. */
function isInScope(scope: IssuingDistributionPoint | undefined, member: PathMember): boolean {
  if (!scope || scope.indirectCRL || scope.onlyContainsAttributeCerts || scope.onlySomeReasons) return false
  const isAuthority = member.facts.basicConstraints?.ca === true
  if (isAuthority ? scope.onlyContainsUserCerts : scope.onlyContainsCACerts) return false
  if (!scope.fullName) return scope.nameRelativeToCRLIssuer === undefined
  const own = member.extensions.find(({ name }) => name === 'cRLDistributionPoints')
  const points = (own?.value as readonly DistributionPoint[] | undefined) ?? []
  const names = new Set(scope.fullName.map(({ type, value }) => `${type} ${value}`))
  return points.some(({ fullName = [] }) => fullName.some(({ type, value }) => names.has(`${type} ${value}`)))
}

function lookUp(crl: ShelvedCrl, asked: Asked): RevocationStatus {
  const { der, facts } = crl
  const isIndirect = (scopeOf(crl)?.value as IssuingDistributionPoint | undefined)?.indirectCRL === true
  let found: RevokedEntry | undefined
  for (const entry of revokedEntries(der)) {
    const strange = entry.extensions?.find(({ critical }) => critical)
    // section 5.3.3: from here on it is about certificates of others
    if (isIndirect && strange?.name === 'certificateIssuer') break
    // section 5.3: then nothing in the whole list can be relied on
    if (strange) return { status: 'unknown', why: 'the CRL has entries that are not understood' }
    if (!found && revokes(entry, facts, asked)) found = entry
  }
  if (!found) return { status: 'good', why: `the CRL of ${facts.thisUpdate} does not list it` }
  return {
    status: 'revoked',
    why: `the CRL of ${facts.thisUpdate} lists it`,
    date: found.revocationDate,
    reason: found.reason ?? 'unspecified',
  }
}

function revokes(entry: RevokedEntry, { thisUpdate }: CrlFacts, { member, at }: Asked): boolean {
  if (entry.serialNumber !== member.facts.serialNumber || entry.reason === 'removeFromCRL') return false
  // a list from after the time in question may tell what came later
  return at >= new Date(thisUpdate) || at >= new Date(entry.revocationDate)
}
