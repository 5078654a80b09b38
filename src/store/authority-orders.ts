import type { Secret } from '../base/secret.ts'
import type { Profile } from '../domain/profile.ts'
import type { RecordSource, WaitingSettings } from '../domain/records.ts'
import type { RevocationReason } from '../domain/revocation-reason.ts'
import type { ConstraintBases } from '../x509/write-extensions.ts'
import type { ListedRecord, NewKey, Outcome } from './store.ts'

/** A request for the queue. */
export interface NewRequest {
  /** PKCS#10 DER, kept byte for byte; its self-signature must verify. */
  readonly csr: Uint8Array
  /** The PEM as it was sent, where it is not that of `writePem`: kept beside the request, for those who look for theirs by it. */
  readonly text?: string
  /** The private key, when the store is to keep it. */
  readonly key?: NewKey
  readonly name?: string
  readonly tags?: readonly string[]
  /** Default: who acts. */
  readonly requestedBy?: string
  /** Name of the profile that the asker has in mind: `sign` takes it where none is named. */
  readonly profile?: string
  /** Id or name of the authority that the asker has in mind, likewise. */
  readonly authority?: string
  /** Of the certificate, likewise. */
  readonly friendlyName?: string
  /** Where it is for an authority: what `installAuthority` is to give it. */
  readonly authoritySettings?: WaitingSettings
  readonly source?: RecordSource
}

/** How a request is to be signed. */
export interface SigningOrder {
  /** Id or name; default: the request's, else the only enabled authority. */
  readonly authority?: string
  /** Default: the request's, else the authority's, else `server`. */
  readonly profile?: string
  readonly notBefore?: Date
  /** A named end past the issuer's is refused; `days` and the profile's default are cut to it with a note. */
  readonly notAfter?: Date
  readonly days?: number
  /** Hex; refused when the authority used it before. Default: 128 random bits. */
  readonly serialNumber?: string
  /** Name DER instead of the request's. */
  readonly subject?: Uint8Array
  /** GeneralName DER each, beside the request's. */
  readonly subjectAltName?: readonly Uint8Array[]
  /** For CA certificates: authorities below; `null` is any number. */
  readonly pathLen?: number | null
  /** For CA certificates. */
  readonly nameConstraints?: ConstraintBases
  /** Names what is not granted instead of refusing. */
  readonly allowChanges?: boolean
  /** Name of the certificate; default: the request's. */
  readonly name?: string
  readonly friendlyName?: string
  /** Opens the authority's key. */
  readonly password?: Secret
  /** URL below which `<authority>.crl` lies: the CRL URL where neither the profile nor the authority names one. */
  readonly crlBase?: string
}

/** One thing that a request asked for and did not get as asked. */
export interface SigningChange {
  /** JSON field: `subjectAltName`, `keyUsage`, `notAfter` … */
  readonly field: string
  /** `null`: nothing was; it was added. */
  readonly asked: string | null
  /** `null`: nothing. */
  readonly granted: string | null
  readonly why: string
}

/** What came of signing, attaching or renewing. */
export interface Signing {
  /** The certificate first, then the request, then what else was touched (superseded, CRL of the authority). */
  readonly outcomes: readonly Outcome[]
  readonly changes: readonly SigningChange[]
  /** Sentences for people: a validity that was cut, a CRL that could not be signed. */
  readonly notes: readonly string[]
  /** The certificate; in a dry run its signature is no real one. */
  readonly der: Uint8Array
}

/** Why and since when certificates are revoked. */
export interface RevocationOrder {
  /** `certificateHold` can be released again. */
  readonly reason: RevocationReason
  /** Default: now. */
  readonly date?: Date
  readonly invalidityDate?: Date
  /** Opens the keys of the authorities, for the CRL. */
  readonly password?: Secret
}

/** What came of revoking or releasing. */
export interface Revoking {
  /** Certificates and requests, then the authorities whose CRL was signed (`what`: `crl signed`). */
  readonly outcomes: readonly Outcome[]
  /** Says which CRL could not be signed, and how to do it. */
  readonly notes: readonly string[]
}

/** A CRL with the authority's row. */
export interface AuthorityCrl {
  readonly der: Uint8Array
  readonly row: ListedRecord
  /** Whether it was signed now. */
  readonly outcome: 'changed' | 'unchanged'
  readonly notes: readonly string[]
}

/** How the key of an authority is kept. Without a password the caller insists by name. */
export type KeyProtection =
  { readonly password: Secret } | { readonly noPassword: true; readonly insecure: true }

/** What an authority can be told, at its making and later. */
export interface AuthoritySettings {
  readonly defaultProfile?: string
  /** URLs for issued certificates, unless the profile has its own. */
  readonly crlUrls?: readonly string[]
  readonly aiaUrls?: readonly string[]
  readonly ocspUrls?: readonly string[]
  /** URLs that the CRL itself names. */
  readonly issuingDistributionPoint?: readonly string[]
  /** Days from a CRL's thisUpdate to its nextUpdate. */
  readonly crlDays?: number
  /** Hours before nextUpdate from which a new CRL is due. */
  readonly crlOverlapHours?: number
}

/** A CA certificate to be made. */
export interface AuthorityWish {
  /** Name of the authority and of its certificate. */
  readonly name: string
  /** Name DER. */
  readonly subject: Uint8Array
  /** As `--key-type` takes it: `ec-p256`, `rsa-3072`, … */
  readonly keyType: string
  /** RSA keys: sign with RSASSA-PSS. */
  readonly pss?: boolean
  /** Longer digests than the key's own are `sha384`, `sha512`. */
  readonly digest?: string
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly days?: number
  /** `null`: no limit. Default: 0 under a parent, no limit for a root. */
  readonly pathLen?: number | null
  readonly nameConstraints?: ConstraintBases
  /** Policy OIDs. */
  readonly policies?: readonly string[]
  readonly serialNumber?: string
  readonly settings?: AuthoritySettings
}

/** A root, or an authority under another one of the store. */
export interface NewAuthority extends AuthorityWish {
  readonly protection: KeyProtection
  /** Id or name of the authority that signs; absent: self-signed. */
  readonly parent?: string
  readonly parentPassword?: Secret
  /** The intermediate profile by default. */
  readonly profile?: string
  readonly allowChanges?: boolean
}

/** A certificate that an imported authority issued before. */
export interface FormerCertificate {
  readonly der: Uint8Array
  readonly revocation?: {
    readonly date: string
    readonly reason: RevocationReason
    readonly invalidityDate?: string
  }
  readonly source?: RecordSource
}

/** An authority that exists elsewhere. */
export interface ImportedAuthority {
  readonly name: string
  /** CA certificate DER. */
  readonly certificate: Uint8Array
  /** PKCS#8, plain or encrypted; absent: the store holds it, or it stays elsewhere. */
  readonly key?: NewKey
  /** The caller insists on keeping its key without a password. */
  readonly insecure?: true
  /** Issuers of the CA certificate. */
  readonly chain?: readonly Uint8Array[]
  readonly issued?: readonly FormerCertificate[]
  /** An index came along: `issued` holds all that it ever revoked. */
  readonly indexed?: true
  /** Its last CRL: the next one has a higher number. */
  readonly crl?: Uint8Array
  /** Where it has no CRL but knows the number of the next one (decimal). */
  readonly nextCrlNumber?: string
  readonly settings?: AuthoritySettings
  readonly source: RecordSource
}

/** What came of a change of authorities: the authority first. */
export type AuthorityMaking = Omit<Signing, 'der'>

/** Changes of `ca enable`, `ca disable`, `ca edit`; `null` removes. */
export interface AuthorityEdit extends Omit<AuthoritySettings, 'defaultProfile'> {
  readonly enabled?: boolean
  readonly name?: string
  readonly defaultProfile?: string | null
}

/**
 * A request for a parent that is not here: a new authority (all of the wish), or an authority of that name, whose
 * subject and key go into it again (`name` and its password only).
 */
export interface AuthorityCsrOrder {
  readonly name: string
  readonly wish?: Omit<AuthorityWish, 'name'>
  /** Keeps the new key, or opens the one that is there. */
  readonly protection: KeyProtection
}

/** A request for a CA certificate, in the queue and as DER. */
export interface AuthorityCsr {
  readonly outcomes: readonly Outcome[]
  readonly csr: Uint8Array
}

/** How a certificate is to be renewed. */
export interface RenewalOrder extends Omit<SigningOrder, 'subject' | 'name'> {
  /** The same key again; default is a new one of the same type. */
  readonly reuseKey?: boolean
  /** Keeps the new key; default: plain, as the store keeps keys of end entities. */
  readonly keyPassword?: Secret
  /** Opens the key that is used again, to sign the new request with it. */
  readonly oldKeyPassword?: Secret
}

/** A profile and where it comes from. */
export interface ListedProfile {
  readonly profile: Profile
  readonly builtIn: boolean
  readonly addedAt?: string
}
