import { certificateParts } from '../x509/certificate.ts'
import { signatureDetails } from '../x509/signature-details.ts'
import { faultOf, type PathFault, type PathFaultCode } from './path-fault.ts'
import type { PathMember } from './path-member.ts'

/** Extensions that may be critical because something here heeds them, or because they bind nobody who verifies. */
const HEEDED: ReadonlySet<string> = new Set([
  'subjectAltName',
  'issuerAltName',
  'keyUsage',
  'extKeyUsage',
  'basicConstraints',
  'nameConstraints',
  'subjectKeyIdentifier',
  'authorityKeyIdentifier',
  'cRLDistributionPoints',
  'freshestCRL',
  'authorityInfoAccess',
  'certificatePolicies',
  'policyMappings',
  'policyConstraints',
  'inhibitAnyPolicy',
])

type SignatureParts = Parameters<typeof signatureDetails>[0]

/** MD2 to MD5, SHA-1, and SHA of 1993: two inputs with one value can be made. */
const BROKEN_DIGEST = /md[245]|sha(?:-?1(?!\d)|With|$)/i

/** Bits: below this the modulus of an RSA key can be factored, and a logarithm be found (DSA, DH). */
const SHORTEST_MODULUS = 1024

/** What speaks against a certificate by itself, wherever it stands in a path. */
export function certificateFaults(member: PathMember, at: Date): readonly PathFault[] {
  return [...validityFaults(member, at), ...shapeFaults(member), ...keyFaults(member)]
}

function validityFaults(member: PathMember, at: Date): readonly PathFault[] {
  const { notBefore, notAfter, zonelessTimes } = member.facts
  if (zonelessTimes)
    return [
      faultOf(member, 'malformed', `no time zone stands in ${zonelessTimes.join(', ')} (section 4.1.2.5)`),
    ]
  if (at < new Date(notBefore)) return [faultOf(member, 'not-yet-valid', `it is valid from ${notBefore} on`)]
  return at > new Date(notAfter) ? [faultOf(member, 'expired', `it expired on ${notAfter}`)] : []
}

function shapeFaults(member: PathMember): readonly PathFault[] {
  const fault = (code: PathFaultCode, message: string): PathFault => faultOf(member, code, message)
  const faults: PathFault[] = []
  const { version } = member.facts
  // section 4.1.2.1: there is no fourth version, and only the third has extensions
  if (version > 3 || (version < 3 && member.extensions.length > 0))
    faults.push(fault('malformed', `version ${version} has no such form`))
  const seen = new Set<string>()
  for (const { name, oid, critical, malformed } of member.extensions) {
    const isHeeded = name !== undefined && HEEDED.has(name)
    if (critical && !isHeeded)
      faults.push(fault('unknown-extension', `its critical extension ${name ?? oid} is not understood`))
    // a second one counts nowhere (section 4.2), and another reader may take it for the first
    if (malformed !== undefined && (critical || isHeeded || seen.has(oid)))
      faults.push(fault('malformed', `its extension ${name ?? oid} is malformed: ${malformed}`))
    seen.add(oid)
  }
  // RFC 5280 section 4.1.1.2
  if (!certificateParts(member.der).signatureAlgorithmsAgree)
    faults.push(fault('malformed', 'it names two signature algorithms'))
  return faults
}

function keyFaults(member: PathMember): readonly PathFault[] {
  const { type, size, curve } = member.facts.publicKey
  if (size !== undefined && size < SHORTEST_MODULUS)
    return [faultOf(member, 'weak', `its ${type} key has ${size} bits only`)]
  // RFC 5480 section 2.1.1: a curve of one's own can be made so that it gives keys away
  if (type === 'ec' && (curve === undefined || curve === 'explicit' || curve === 'inherited'))
    return [faultOf(member, 'weak', 'the curve of its key is not given by name')]
  return []
}

/** What speaks against the signature under a certificate; that of a trust anchor is nobody's concern. */
export function digestFaults(member: PathMember): readonly PathFault[] {
  const forgery = forgeryOf(member.facts.signatureAlgorithm, certificateParts(member.der))
  return forgery === undefined ? [] : [faultOf(member, 'weak', `it ${forgery}`)]
}

/**
 * That a signature could be moved to another content: the rest of a sentence about what is signed.
 *
 * @param name of the signature algorithm
 * @throws {CertmanError} `der.malformed`
 */
export function forgeryOf(name: string, parts: SignatureParts): string | undefined {
  const scheme = signatureScheme(name, parts)
  return isForgeable(scheme) ? `is signed with ${scheme}, which can be forged` : undefined
}

/** The signature algorithm, and the digest where it is a parameter (RSASSA-PSS). @throws {CertmanError} `der.malformed` */
export function signatureScheme(name: string, parts: SignatureParts): string {
  const digest = signatureDetails(parts).signatureParameters?.['digest']
  return typeof digest === 'string' ? `${name} with ${digest}` : name
}

/** Whether a digest of this name is broken, or one in a name such as `sha1WithRSAEncryption`. */
export const isForgeable = (scheme: string): boolean => BROKEN_DIGEST.test(scheme)

/**
 * What speaks against a certificate that stands above another one (RFC 5280 section 6.1.4 k, n).
 *
 * @param isAnchor whoever believes it says that it is an authority: before version 3 it could not say so itself
 */
export function authorityFaults(member: PathMember, isAnchor: boolean): readonly PathFault[] {
  const { version, basicConstraints, keyUsage } = member.facts
  const fault = (message: string): PathFault => faultOf(member, 'not-an-authority', message)
  if (!(isAnchor && version < 3) && basicConstraints?.ca !== true)
    return [fault('it does not say that it is an authority')]
  if (keyUsage !== null && !keyUsage.includes('keyCertSign'))
    return [fault(`its key may not sign certificates (${keyUsage.join(', ')})`)]
  return []
}

/** Whether the key of a certificate may sign CRLs (RFC 5280 section 4.2.1.3). */
export const maySignCrls = ({ facts: { keyUsage } }: Pick<PathMember, 'facts'>): boolean =>
  keyUsage === null || keyUsage.includes('cRLSign')
