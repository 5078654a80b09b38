import { verifySignature } from '../crypto/verify.ts'
import type { CrlFacts, Extension, RevokedEntry } from '../domain/facts.ts'
import type { RevocationReason } from '../domain/revocation-reason.ts'
import { certificateParts } from '../x509/certificate.ts'
import { crlExtensions, crlParts, describeCrl, revokedEntries } from '../x509/crl.ts'
import type { DistributionPoint, IssuingDistributionPoint } from '../x509/extensions/distribution.ts'
import { nameKey } from './compare-names.ts'
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
   * signed, that hold at this moment and are for such a certificate. Indirect CRLs, deltas and those for some reasons
   * only are not used.
   */
  statusOf(member: PathMember, issuer: PathMember, at: Date): RevocationStatus {
    const name = nameKey(member.facts.issuerAttributes)
    let why = 'no CRL of its issuer is at hand'
    let good: RevocationStatus | undefined
    for (const crl of this.#crls.filter(({ issuerKey }) => issuerKey === name)) {
      const obstacle = obstacleTo(crl, { member, issuer, at })
      if (obstacle !== undefined) why = `the CRL ${obstacle}`
      else {
        const status = lookUp(crl, member)
        if (status.status === 'revoked') return status
        if (status.status === 'good') good = status
        else why = status.why
      }
    }
    return good ?? { status: 'unknown', why }
  }
}

/** A certificate whose CRL is looked at. */
interface Asked {
  readonly member: PathMember
  readonly issuer: PathMember
  readonly at: Date
}

/** Why a CRL does not count for a certificate, as the rest of a sentence about it; undefined: it does. */
function obstacleTo(
  { der, facts, extensions }: ShelvedCrl,
  { member, issuer, at }: Asked,
): string | undefined {
  if (at < new Date(facts.thisUpdate)) return `is from ${facts.thisUpdate}, after the time in question`
  if (facts.nextUpdate !== null && at > new Date(facts.nextUpdate)) return `ended on ${facts.nextUpdate}`
  if (facts.deltaCrlIndicator !== null) return 'is a delta'
  const scope = extensions.find(({ name }) => name === 'issuingDistributionPoint')
  const strange = extensions.find((each) => each.critical && each !== scope && each.name !== 'cRLNumber')
  if (strange) return `has the critical extension ${strange.name ?? strange.oid}, which is not understood`
  if (scope && !isInScope(scope.value as IssuingDistributionPoint | undefined, member))
    return 'is not for such certificates'
  const { keyUsage } = issuer.facts
  if (keyUsage !== null && !keyUsage.includes('cRLSign')) return 'comes from a key that may sign none'
  const { tbs, signature, signatureAlgorithm } = crlParts(der)
  const { spki } = certificateParts(issuer.der)
  const verdict = verifySignature({ algorithm: signatureAlgorithm, signed: tbs, signature, spki })
  return verdict === 'valid' ? undefined : 'is not signed by the key of the issuer'
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

function lookUp({ der, facts }: ShelvedCrl, { facts: { serialNumber } }: PathMember): RevocationStatus {
  let found: RevokedEntry | undefined
  for (const entry of revokedEntries(der)) {
    // RFC 5280 section 5.3: then nothing in the whole list can be relied on
    if (entry.extensions?.some(({ critical }) => critical))
      return { status: 'unknown', why: 'the CRL has entries that are not understood' }
    if (entry.serialNumber === serialNumber) found = entry
  }
  if (!found || found.reason === 'removeFromCRL')
    return { status: 'good', why: `the CRL of ${facts.thisUpdate} does not list it` }
  return {
    status: 'revoked',
    why: `the CRL of ${facts.thisUpdate} lists it`,
    date: found.revocationDate,
    reason: found.reason ?? 'unspecified',
  }
}
