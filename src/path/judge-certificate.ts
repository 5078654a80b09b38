import { certificateParts } from '../x509/certificate.ts'
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
  // policies are not judged: any policy will do
  'certificatePolicies',
  'policyMappings',
  'policyConstraints',
  'inhibitAnyPolicy',
])

/** Digests for which two inputs with one value can be made. */
const BROKEN_DIGEST = /md[245]|sha-?1(?!\d)/i

/** Bits: below this a modulus can be factored. */
const SHORTEST_RSA = 1024

/** What speaks against a certificate by itself, wherever it stands in a path. */
export function certificateFaults(member: PathMember, at: Date): readonly PathFault[] {
  return [...validityFaults(member, at), ...shapeFaults(member), ...keyFaults(member)]
}

function validityFaults(member: PathMember, at: Date): readonly PathFault[] {
  const { notBefore, notAfter } = member.facts
  if (at < new Date(notBefore)) return [faultOf(member, 'not-yet-valid', `it is valid from ${notBefore} on`)]
  return at > new Date(notAfter) ? [faultOf(member, 'expired', `it expired on ${notAfter}`)] : []
}

function shapeFaults(member: PathMember): readonly PathFault[] {
  const fault = (code: PathFaultCode, message: string): PathFault => faultOf(member, code, message)
  const faults: PathFault[] = []
  for (const { name, oid, critical, malformed } of member.extensions) {
    const isHeeded = name !== undefined && HEEDED.has(name)
    if (critical && !isHeeded)
      faults.push(fault('unknown-extension', `its critical extension ${name ?? oid} is not understood`))
    if (malformed !== undefined && (critical || isHeeded))
      faults.push(fault('malformed', `its extension ${name ?? oid} is malformed: ${malformed}`))
  }
  // RFC 5280 section 4.1.1.2
  if (!certificateParts(member.der).signatureAlgorithmsAgree)
    faults.push(fault('malformed', 'it names two signature algorithms'))
  return faults
}

function keyFaults(member: PathMember): readonly PathFault[] {
  const { type, size, curve } = member.facts.publicKey
  if (type.startsWith('rsa') && size !== undefined && size < SHORTEST_RSA)
    return [faultOf(member, 'weak', `its RSA key has ${size} bits only`)]
  // RFC 5480 section 2.1.1: a curve of one's own can be made so that it gives keys away
  if (type === 'ec' && (curve === undefined || curve === 'explicit'))
    return [faultOf(member, 'weak', 'the curve of its key is given by numbers, not by name')]
  return []
}

/** What speaks against the signature under a certificate; that of a trust anchor is nobody's concern. */
export function digestFaults(member: PathMember): readonly PathFault[] {
  const { signatureAlgorithm } = member.facts
  if (!BROKEN_DIGEST.test(signatureAlgorithm)) return []
  return [faultOf(member, 'weak', `it is signed with ${signatureAlgorithm}, which can be forged`)]
}

/** What speaks against a certificate that stands above another one (RFC 5280 section 6.1.4 k, n). */
export function authorityFaults(member: PathMember): readonly PathFault[] {
  const { version, basicConstraints, keyUsage } = member.facts
  const fault = (message: string): PathFault => faultOf(member, 'not-an-authority', message)
  // before version 3 there was no way to say it
  if (version >= 3 && basicConstraints?.ca !== true) return [fault('it does not say that it is an authority')]
  if (keyUsage !== null && !keyUsage.includes('keyCertSign'))
    return [fault(`its key may not sign certificates (${keyUsage.join(', ')})`)]
  return []
}
