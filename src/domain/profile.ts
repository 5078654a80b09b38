import type { GeneralNameType } from './facts.ts'

/** Families of public keys that a profile tells apart. */
export const PROFILE_KEY_TYPES = ['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448'] as const
export type ProfileKeyType = (typeof PROFILE_KEY_TYPES)[number]

/** Types of alternative names that a profile can permit. */
export const PROFILE_NAME_TYPES = [
  'dns',
  'ip',
  'email',
  'uri',
  'directoryName',
  'registeredId',
  'otherName',
] as const satisfies readonly GeneralNameType[]
export type ProfileNameType = (typeof PROFILE_NAME_TYPES)[number]

/** How long certificates live. */
export interface ProfileValidity {
  /** Days where nobody says otherwise. */
  readonly defaultDays: number
  /** More is refused; `null` is no limit but the issuer's. */
  readonly maximumDays: number | null
  /** How far before now a certificate starts, for clocks that are late. */
  readonly backdateMinutes: number
  /** Days before the end from which renewal is due; `null` is two thirds of the life. */
  readonly renewDays: number | null
}

/** Which names may stand in a certificate. */
export interface ProfileNames {
  /** Alternative names of other types are not granted. */
  readonly permittedTypes: readonly ProfileNameType[]
  /** Whether a certificate must have an alternative name. */
  readonly required: boolean
  /** A request without alternative names gets them from its subject: a CN that is a host name, or the e-mail address. */
  readonly fromSubject: 'dns' | 'email' | null
  /** Whether `*.example.com` is granted. */
  readonly wildcards: boolean
  /**
   * Patterns `TYPE:GLOB`: `dns:*.corp.example`, `ip:10.0.0.0/8`, `email:*@corp.example`, `CN:*`. Where there is a
   * pattern for a type, each name of the type must fit one.
   */
  readonly allowed: readonly string[]
  /** Patterns of the same form; a name that fits one is refused. */
  readonly forbidden: readonly string[]
  /** Attribute types that the subject must have: `CN`, `O`. */
  readonly subjectRequired: readonly string[]
}

/** Which public keys are certified. */
export interface ProfileKeys {
  readonly types: readonly ProfileKeyType[]
  /** Bits of the RSA modulus. */
  readonly minimumRsaBits: number
  /** Named curves: `P-256`. */
  readonly curves: readonly string[]
}

/** An extension that every certificate of the profile gets. */
export interface FixedExtension {
  readonly oid: string
  readonly critical: boolean
  /** Hex of the DER of the value, without the OCTET STRING around it. */
  readonly value: string
}

/** One certificate policy (RFC 5280 section 4.2.1.4). */
export interface ProfilePolicy {
  readonly oid: string
  /** URL of the certification practice statement. */
  readonly cps?: string
}

/** What kind of certificates an authority issues. Pure data: `docs/profiles.md` explains every field. */
export interface Profile {
  readonly name: string
  readonly summary: string
  /** `null` for end entities; otherwise CA certificates, `pathLen: null` meaning without limit (RFC 5280 section 4.2.1.9). */
  readonly ca: { readonly pathLen: number | null } | null
  /** Key usage by the type of the key (RFC 5280 section 4.2.1.3); empty means no such extension. */
  readonly keyUsage: Readonly<Record<ProfileKeyType, readonly string[]>>
  /** Names or OIDs; empty means no such extension (RFC 5280 section 4.2.1.12). */
  readonly extendedKeyUsage: readonly string[]
  readonly extendedKeyUsageCritical: boolean
  readonly validity: ProfileValidity
  readonly names: ProfileNames
  readonly keys: ProfileKeys
  readonly extensions: {
    /** Names or OIDs of extensions that are taken from the request as they are. */
    readonly copied: readonly string[]
    readonly fixed: readonly FixedExtension[]
    /** Names or OIDs that refuse a request, also with `--allow-changes`. */
    readonly forbidden: readonly string[]
  }
  /** `null` takes those of the authority; an empty list means none. */
  readonly crlUrls: readonly string[] | null
  readonly aiaUrls: readonly string[] | null
  readonly ocspUrls: readonly string[] | null
  readonly policies: readonly ProfilePolicy[]
  /** `status_request` (OCSP must-staple) or numbers of TLS extensions (RFC 7633). */
  readonly tlsFeatures: readonly number[]
  /** id-pkix-ocsp-nocheck (RFC 6960 section 4.2.2.2.1). */
  readonly ocspNoCheck: boolean
  /** The CA/Browser Forum's Baseline Requirements are held to as well. */
  readonly publicTrust: boolean
}
