import type { Profile } from '../domain/profile.ts'
import { nameOrOid } from '../asn1/oids.ts'
import { extensionOids, OID } from './granted-template.ts'
import { profileFault } from './json-place.ts'
import { purposeOid } from '../x509/write-extensions.ts'

/** One rule about a whole profile: where the fault is, and what it is. */
type ProfileFault = readonly [path: string, what: string]

/** Refuses a profile whose fields contradict each other or a rule. @throws {CertmanError} `input.invalid` */
export function checkProfile(profile: Profile): void {
  const fault =
    usageFault(profile) ??
    validityFault(profile) ??
    extensionFault(profile) ??
    policyFault(profile) ??
    publicTrustFault(profile)
  if (!fault) return
  throw profileFault(...fault)
}

function usageFault(profile: Profile): ProfileFault | undefined {
  const usages = Object.values(profile.keyUsage)
  if (!profile.ca && usages.some((list) => list.includes('keyCertSign')))
    return ['keyUsage', 'keyCertSign is for authorities only (RFC 5280 section 4.2.1.9)']
  if (profile.ca && usages.some((list) => !list.includes('keyCertSign')))
    return ['keyUsage', 'an authority needs keyCertSign for keys of every type (RFC 5280 section 4.2.1.3)']
  if (usages.some((list) => new Set(list).size < list.length))
    return ['keyUsage', 'a usage stands there twice']
  const purposes = profile.extendedKeyUsage.map(purposeOid)
  if (new Set(purposes).size < purposes.length) return ['extendedKeyUsage', 'a purpose stands there twice']
  if (purposes.includes(purposeOid('anyExtendedKeyUsage')) && profile.extendedKeyUsageCritical)
    return [
      'extendedKeyUsageCritical',
      'it should not be critical with anyExtendedKeyUsage (RFC 5280 section 4.2.1.12)',
    ]
  const isStamping = purposes.includes(purposeOid('timeStamping')) && !profile.ca
  if (isStamping && (purposes.length > 1 || !profile.extendedKeyUsageCritical))
    return ['extendedKeyUsage', 'timeStamping stands alone and is critical (RFC 3161 section 2.3)']
  return undefined
}

function validityFault({ validity }: Profile): ProfileFault | undefined {
  const { defaultDays, maximumDays, renewDays } = validity
  if (maximumDays !== null && defaultDays > maximumDays)
    return ['validity.defaultDays', `${defaultDays} days are more than the maximum of ${maximumDays}`]
  if (renewDays !== null && renewDays >= defaultDays)
    return ['validity.renewDays', `a renewal ${renewDays} days before the end is due at once`]
  return undefined
}

/** What certman itself writes into every certificate: neither a request nor a profile replaces it. */
const OWN_IDS: ReadonlySet<string> = new Set([
  OID.basicConstraints,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.subjectAltName,
])

function extensionFault({ extensions }: Profile): ProfileFault | undefined {
  const copied = [...extensionOids(extensions.copied)].find((oid) => OWN_IDS.has(oid))
  if (copied !== undefined)
    return ['extensions.copied', `${nameOrOid('extension', copied)} is not copied as it is`]
  const fixed = extensions.fixed.map(({ oid }) => oid)
  const own = fixed.find((oid) => OWN_IDS.has(oid) || oid === OID.keyUsage || oid === OID.extendedKeyUsage)
  if (own !== undefined) return ['extensions.fixed', `${nameOrOid('extension', own)} has a place of its own`]
  const twice = fixed.find((oid, i) => fixed.indexOf(oid) < i)
  return twice === undefined
    ? undefined
    : ['extensions.fixed', `${nameOrOid('extension', twice)} stands there twice`]
}

function policyFault({ policies }: Profile): ProfileFault | undefined {
  const oids = policies.map(({ oid }) => oid)
  return new Set(oids).size < oids.length ? ['policies', 'a policy stands there twice'] : undefined
}

function publicTrustFault(profile: Profile): ProfileFault | undefined {
  if (!profile.publicTrust) return undefined
  if (profile.ca)
    return ['publicTrust', 'it is for certificates of servers; publicly trusted roots are audited']
  if (!profile.extendedKeyUsage.map(purposeOid).includes(purposeOid('serverAuth')))
    return ['publicTrust', 'it stands for the Baseline Requirements of TLS servers: add serverAuth']
  if (profile.policies.length === 0)
    return [
      'policies',
      'a policy is required, such as 2.23.140.1.2.1 (Baseline Requirements section 7.1.2.7.9)',
    ]
  return undefined
}
