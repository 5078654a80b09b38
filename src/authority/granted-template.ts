import { fromHex } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { oidOfName } from '../asn1/oids.ts'
import { isOid } from '../asn1/writer.ts'
import type { Profile, ProfileKeyType, ProfilePolicy } from '../domain/profile.ts'
import { parseGeneralName } from '../x509/general-name-text.ts'
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  cRLDistributionPoints,
  extendedKeyUsage,
  extension,
  keyUsage,
  ocspNoCheck,
  purposeOid,
  tlsFeature,
  type KeyUsage,
} from '../x509/write-extensions.ts'
import type { AuthorityUrls, OpenAuthority } from './open-authority.ts'

/** OIDs of the extensions that an authority itself decides about. */
export const OID = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  cRLDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  tlsFeature: '1.3.6.1.5.5.7.1.24',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
} as const

/** One encoded Extension and its OID. */
export type Granted = readonly [oid: string, der: Uint8Array]

/** What is the same for every certificate of one authority, profile and type of key. */
export interface Template {
  /** basicConstraints of an end entity, keyUsage, extKeyUsage. */
  readonly usages: readonly Granted[]
  readonly authorityKeyIdentifier: Granted
  /** Policies, pointers, and what else the profile adds. */
  readonly others: readonly Granted[]
  readonly keyUsage: readonly string[]
  /** OIDs. */
  readonly purposes: ReadonlySet<string>
  /** OIDs, without those of the fixed extensions, which stand in each certificate. */
  readonly copied: ReadonlySet<string>
  readonly forbidden: ReadonlySet<string>
}

/** The OIDs of extensions that a profile names. */
export const extensionOids = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map((name) => (isOid(name) ? name : (oidOfName('extension', name) ?? name))))

const templates = new WeakMap<OpenAuthority, WeakMap<Profile, Map<ProfileKeyType, Template>>>()

/** The template, made once for each authority, profile and type of key. */
export function templateOf(authority: OpenAuthority, profile: Profile, keyType: ProfileKeyType): Template {
  const known = templates.get(authority)?.get(profile)?.get(keyType)
  if (known) return known
  const made = makeTemplate(authority, profile, keyType)
  const ofAuthority = templates.get(authority) ?? new WeakMap<Profile, Map<ProfileKeyType, Template>>()
  const ofProfile = ofAuthority.get(profile) ?? new Map<ProfileKeyType, Template>()
  templates.set(authority, ofAuthority.set(profile, ofProfile.set(keyType, made)))
  return made
}

/** What every certificate of a profile gets, whoever signs it. */
function makeTemplate(authority: OpenAuthority, profile: Profile, keyType: ProfileKeyType): Template {
  const { copied, fixed, forbidden } = profile.extensions
  return {
    usages: [...endEntityConstraints(profile), ...usageExtensions(profile, keyType)],
    authorityKeyIdentifier: [OID.authorityKeyIdentifier, authorityKeyIdentifier(authority.keyIdentifier)],
    others: [
      ...policyExtensions(profile),
      ...pointerExtensions(profile, authority.urls),
      ...otherExtensions(profile),
    ],
    keyUsage: profile.keyUsage[keyType],
    purposes: new Set(profile.extendedKeyUsage.map(purposeOid)),
    copied: new Set([...extensionOids(copied)].filter((oid) => fixed.every((each) => each.oid !== oid))),
    forbidden: extensionOids(forbidden),
  }
}

/** RFC 5280 section 4.2.1.9; those of authorities depend on the request. */
const endEntityConstraints = (profile: Profile): Granted[] =>
  profile.ca ? [] : [[OID.basicConstraints, basicConstraints({ ca: false }, true)]]

/** keyUsage and extKeyUsage of a profile (RFC 5280 sections 4.2.1.3, 4.2.1.12). */
export function usageExtensions(profile: Profile, keyType: ProfileKeyType): Granted[] {
  const usages = profile.keyUsage[keyType] as readonly KeyUsage[]
  const purposes = profile.extendedKeyUsage
  return [
    ...(usages.length > 0 ? [[OID.keyUsage, keyUsage(usages)] as const] : []),
    ...(purposes.length > 0
      ? [[OID.extendedKeyUsage, extendedKeyUsage(purposes, profile.extendedKeyUsageCritical)] as const]
      : []),
  ]
}

/**
 * The policies of a profile and those that are asked for besides, each once.
 *
 * @param asked OIDs
 * @throws {CertmanError} `input.invalid` for what is no OID
 */
export function addPolicies(
  own: readonly ProfilePolicy[],
  asked: readonly string[],
): readonly ProfilePolicy[] {
  const wrong = asked.find((oid) => !isOid(oid))
  if (wrong !== undefined)
    throw new CertmanError('input.invalid', `the policy ${JSON.stringify(wrong)} is no object identifier`, {
      hint: 'write it like 1.3.6.1.4.1.99999.1',
      field: 'policies',
    })
  const others = [...new Set(asked)].filter((oid) => own.every((policy) => policy.oid !== oid))
  return [...own, ...others.map((oid) => ({ oid }))]
}

/** certificatePolicies of a profile (RFC 5280 section 4.2.1.4). */
export const policyExtensions = ({ policies }: Profile): Granted[] =>
  policies.length === 0 ? [] : [[OID.certificatePolicies, certificatePolicies(policies)]]

const uris = (urls: readonly string[]): Uint8Array[] => urls.map((url) => parseGeneralName(`uri:${url}`))

/** Where to find CRL, OCSP and the issuer: the profile's, else the authority's (RFC 5280 sections 4.2.1.13, 4.2.2.1). */
export function pointerExtensions(profile: Profile, urls: Required<AuthorityUrls>): Granted[] {
  const crl = uris(profile.crlUrls ?? urls.crlUrls)
  const [ocsp, caIssuers] = [uris(profile.ocspUrls ?? urls.ocspUrls), uris(profile.aiaUrls ?? urls.aiaUrls)]
  return [
    ...(crl.length > 0 ? [[OID.cRLDistributionPoints, cRLDistributionPoints(crl)] as const] : []),
    ...(ocsp.length + caIssuers.length > 0
      ? [[OID.authorityInfoAccess, authorityInfoAccess({ ocsp, caIssuers })] as const]
      : []),
  ]
}

/** tlsFeature, OCSP no-check and the fixed extensions of a profile. */
export const otherExtensions = (profile: Profile): Granted[] => [
  ...(profile.tlsFeatures.length > 0 ? [[OID.tlsFeature, tlsFeature(profile.tlsFeatures)] as const] : []),
  ...(profile.ocspNoCheck ? [[OID.ocspNoCheck, ocspNoCheck()] as const] : []),
  ...profile.extensions.fixed.map(({ oid, critical, value }): Granted => [
    oid,
    extension(oid, critical, fromHex(value)),
  ]),
]
