import type { Profile, ProfileKeys, ProfileKeyType, ProfileNames } from '../domain/profile.ts'

/**
 * Keys that a private authority certifies by default: RSA from 2048 bits (NIST SP 800-131A section 3, CA/Browser Forum
 * Baseline Requirements section 6.1.5), the NIST curves (the same section) and EdDSA (RFC 8410).
 */
const KEYS: ProfileKeys = {
  types: ['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448'],
  minimumRsaBits: 2048,
  curves: ['P-256', 'P-384', 'P-521'],
}

const NAMES: ProfileNames = {
  permittedTypes: ['dns', 'ip', 'email', 'uri', 'directoryName', 'registeredId', 'otherName'],
  required: false,
  fromSubject: null,
  wildcards: true,
  allowed: [],
  forbidden: [],
  subjectRequired: [],
}

/** The same key usages whatever the type of the key. */
export const usageOfAll = (
  usages: readonly string[],
): Readonly<Record<ProfileKeyType, readonly string[]>> => ({
  rsa: usages,
  'rsa-pss': usages,
  ec: usages,
  ed25519: usages,
  ed448: usages,
})

const SIGNING = usageOfAll(['digitalSignature'])

/** TLS 1.2 and older encrypt to RSA keys (RFC 5246 section 7.4.2); all other keys sign only. */
const SERVER_USAGE = { ...SIGNING, rsa: ['digitalSignature', 'keyEncipherment'] }

/** Mail is encrypted to RSA keys directly (RFC 8551 section 2.3), to EC keys by agreement (RFC 5753, RFC 5480 section 3). */
const EMAIL_USAGE = { ...SERVER_USAGE, ec: ['digitalSignature', 'keyAgreement'] }

/** What custom profiles begin with when they extend no other: an end entity that signs. */
export const BASE_PROFILE: Profile = {
  name: 'base',
  summary: 'an end entity without a purpose',
  ca: null,
  keyUsage: SIGNING,
  extendedKeyUsage: [],
  extendedKeyUsageCritical: false,
  validity: { defaultDays: 365, maximumDays: 825, backdateMinutes: 5, renewDays: null },
  names: NAMES,
  keys: KEYS,
  extensions: { copied: [], fixed: [], forbidden: [] },
  crlUrls: null,
  aiaUrls: null,
  ocspUrls: null,
  policies: [],
  tlsFeatures: [],
  ocspNoCheck: false,
  publicTrust: false,
}

/**
 * 825 days: the most that Apple's systems accept of any TLS server, private authorities included
 * (support.apple.com/103769). The tighter public limits come with `publicTrust`.
 */
const SERVER: Profile = {
  ...BASE_PROFILE,
  name: 'server',
  summary: 'TLS server',
  keyUsage: SERVER_USAGE,
  extendedKeyUsage: ['serverAuth'],
  validity: { ...BASE_PROFILE.validity, defaultDays: 90 },
  names: { ...NAMES, required: true, fromSubject: 'dns' },
  extensions: { ...BASE_PROFILE.extensions, copied: ['tlsFeature'] },
}

/** RFC 5280 section 4.2.1.3: keyCertSign goes with cA; cRLSign since the authority signs its own CRL. */
const CA_USAGE = usageOfAll(['keyCertSign', 'cRLSign'])

const PROFILES: readonly Profile[] = [
  SERVER,
  {
    ...BASE_PROFILE,
    name: 'client',
    summary: 'TLS client: a person, a device or a service',
    extendedKeyUsage: ['clientAuth'],
  },
  {
    ...SERVER,
    name: 'server-client',
    summary: 'TLS server and client in one',
    extendedKeyUsage: ['serverAuth', 'clientAuth'],
  },
  {
    ...BASE_PROFILE,
    name: 'code-signing',
    summary: 'signs programs',
    extendedKeyUsage: ['codeSigning'],
    // Code Signing Baseline Requirements section 6.3.2: 460 days since 2026-03-01
    validity: { ...BASE_PROFILE.validity, maximumDays: 460 },
    names: { ...NAMES, subjectRequired: ['CN'] },
    // sections 6.1.5.2 and 7.1.3: RSA from 3072 bits
    keys: { ...KEYS, minimumRsaBits: 3072 },
  },
  {
    ...BASE_PROFILE,
    name: 'email',
    summary: 'S/MIME: signs and decrypts mail',
    keyUsage: EMAIL_USAGE,
    extendedKeyUsage: ['emailProtection'],
    // S/MIME Baseline Requirements section 6.3.2: 825 days for the strict and multipurpose generations
    names: { ...NAMES, required: true, fromSubject: 'email' },
  },
  {
    ...BASE_PROFILE,
    name: 'time-stamping',
    summary: 'time stamp authority (RFC 3161)',
    // RFC 3161 section 2.3: this purpose alone, and critical
    extendedKeyUsage: ['timeStamping'],
    extendedKeyUsageCritical: true,
    // Code Signing Baseline Requirements section 6.3.2: 135 months
    validity: { ...BASE_PROFILE.validity, defaultDays: 1825, maximumDays: 4109 },
    names: { ...NAMES, subjectRequired: ['CN'] },
  },
  {
    ...BASE_PROFILE,
    name: 'ocsp-responder',
    summary: 'answers OCSP questions for its authority (RFC 6960)',
    // RFC 6960 section 4.2.2.2
    extendedKeyUsage: ['OCSPSigning'],
    // section 4.2.2.2.1: nobody checks its revocation, so its life is short
    ocspNoCheck: true,
    validity: { ...BASE_PROFILE.validity, defaultDays: 30, maximumDays: 90 },
    names: { ...NAMES, subjectRequired: ['CN'] },
  },
  {
    ...BASE_PROFILE,
    name: 'intermediate',
    summary: 'an authority below another one; it issues to end entities only',
    ca: { pathLen: 0 },
    keyUsage: CA_USAGE,
    validity: { ...BASE_PROFILE.validity, defaultDays: 1825, maximumDays: 3650 },
    extensions: { ...BASE_PROFILE.extensions, copied: ['nameConstraints'] },
  },
  {
    ...BASE_PROFILE,
    name: 'root',
    summary: 'an authority that signs itself',
    ca: { pathLen: null },
    keyUsage: CA_USAGE,
    validity: { ...BASE_PROFILE.validity, defaultDays: 3650, maximumDays: null },
    // an anchor's own revocation is checked by nobody (RFC 5280 section 6.1)
    crlUrls: [],
    aiaUrls: [],
    ocspUrls: [],
  },
]

/** The profiles that every store has, by name, in the order of listings. */
export const BUILT_IN_PROFILES: ReadonlyMap<string, Profile> = new Map(
  PROFILES.map((profile) => [profile.name, profile]),
)
