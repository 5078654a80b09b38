/**
 * What a certificate, request, CRL or key says, JSON-ready: the nouns of the JSON contract (`docs/json.md`).
 * RFC 5280 field names in camelCase; `null` means "has none", an absent field means "not known".
 * Instants are RFC 3339 in UTC, hashes and serial numbers are text.
 */

import type { JsonObject } from '../base/json.ts'
import type { RevocationReason } from './revocation-reason.ts'

/** One attribute of a name: RFC 4514 short name where there is one, else the OID. */
export interface NameAttribute {
  readonly type: string
  readonly oid: string
  readonly value: string
  /** ASN.1 string type as encoded: utf8, printable, teletex, bmp, ia5, numeric, universal, visible, or `other`. */
  readonly encoding: string
}

/** RDNs in encoded order; several attributes in one RDN are a multi-valued RDN. */
export type NameAttributes = readonly (readonly NameAttribute[])[]

/** GeneralName choices (RFC 5280 section 4.2.1.6) under the names of the JSON contract. */
export const GENERAL_NAME_TYPES = [
  'dns',
  'ip',
  'email',
  'uri',
  'directoryName',
  'registeredId',
  'otherName',
  'x400Address',
  'ediPartyName',
] as const

export type GeneralNameType = (typeof GENERAL_NAME_TYPES)[number]

/** One alternative name. */
export interface GeneralName {
  readonly type: GeneralNameType
  /** Text form; for otherName the UPN or SRV text where it has one, else hex of the value's DER. */
  readonly value: string
  /** The type-id of an otherName. */
  readonly oid?: string
}

/** What a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) says. */
export interface PublicKeyFacts {
  /** rsa, rsa-pss, ec, dsa, dh, ed25519, ed448, x25519, x448, ml-dsa-44 …, else `unknown`. */
  readonly type: string
  /** Bits of the modulus or prime (RSA, DSA, DH). */
  readonly size?: number
  /** Named curve: P-256, P-384, secp256k1, brainpoolP256r1 …, or its OID. */
  readonly curve?: string
  readonly exponent?: string
  readonly algorithmOid: string
  /**
   * SHA-256 over the SubjectPublicKeyInfo, 64 lower-case hex digits; the `keyId` of the private key. The point of an EC key
   * on a named curve is taken uncompressed, so that a key and its certificate meet.
   */
  readonly spkiHash: string
}

/** The numbers of one public key, hex; what lists do not carry. */
export interface PublicKeyMaterial {
  /** RSA only. */
  readonly modulus?: string
  /** Every other key: its point, its y, or its raw octets. */
  readonly publicValue?: string
  /** Parameters other than a named curve: p, q and g, restrictions of RSASSA-PSS, an explicit curve. */
  readonly parameters?: JsonObject
}

/** A signature beyond the name of its algorithm. */
export interface SignatureDetails {
  /** Digest, mask and salt of RSASSA-PSS; `hex` of others. */
  readonly signatureParameters?: JsonObject
  /** Hex. */
  readonly signatureValue: string
}

/** One extension (RFC 5280 section 4.2), in encoded order. */
export interface Extension {
  readonly oid: string
  /** RFC identifier such as `subjectAltName`; absent when the extension is unknown. */
  readonly name?: string
  readonly critical: boolean
  /** The decoded value (extension-specific JSON); absent when unknown or not decodable. */
  readonly value?: unknown
  /** Hex of the extnValue content; present when `value` is absent. */
  readonly hex?: string
  /** Why the value could not be decoded, or what is wrong beside it. */
  readonly malformed?: string
}

/** The extensions that have a field of their own, shared by certificates and requests. */
export interface ExtensionFacts {
  readonly subjectAltName: readonly GeneralName[] | null
  readonly keyUsage: readonly string[] | null
  /** Names such as `serverAuth`, OIDs where unknown. */
  readonly extendedKeyUsage: readonly string[] | null
  readonly basicConstraints: { readonly ca: boolean; readonly pathLen: number | null } | null
  readonly subjectKeyIdentifier: string | null
  /** Fields whose extension is there but malformed or repeated; absent when all is well. */
  readonly malformedExtensions?: readonly string[]
}

/** What the bytes of a certificate say; nothing here depends on a store or the clock. */
export interface CertificateFacts extends ExtensionFacts {
  readonly version: number
  readonly serialNumber: string
  readonly subject: string
  readonly subjectAttributes: NameAttributes
  readonly issuer: string
  readonly issuerAttributes: NameAttributes
  readonly notBefore: string
  readonly notAfter: string
  /** Which of the two lack their zone and were read as UTC; absent when all is well. */
  readonly zonelessTimes?: readonly ('notBefore' | 'notAfter')[]
  readonly thumbprint: string
  readonly fingerprint: string
  readonly publicKey: PublicKeyFacts
  readonly signatureAlgorithm: string
  readonly signatureAlgorithmOid: string
  readonly authorityKeyIdentifier: {
    readonly keyIdentifier: string | null
    readonly issuer: string | null
    readonly serialNumber: string | null
  } | null
  readonly selfIssued: boolean
}

/** What the bytes of a PKCS#10 request (RFC 2986) say. */
export interface CsrFacts extends ExtensionFacts {
  readonly version: number
  readonly subject: string
  readonly subjectAttributes: NameAttributes
  readonly publicKey: PublicKeyFacts
  readonly signatureAlgorithm: string
  readonly signatureAlgorithmOid: string
  /** SHA-256 of the DER. */
  readonly fingerprint: string
  /** Requested attributes by OID, decoded where known. */
  readonly attributes: readonly {
    readonly oid: string
    readonly name?: string
    readonly value?: unknown
    readonly hex?: string
    /** Why the extensions in it cannot be told apart. */
    readonly malformed?: string
  }[]
  readonly challengePassword: boolean
}

/** What the bytes of a CRL (RFC 5280 section 5) say, without its entries. */
export interface CrlFacts {
  readonly version: number
  readonly issuer: string
  readonly issuerAttributes: NameAttributes
  readonly thisUpdate: string
  readonly nextUpdate: string | null
  /** Decimal text. */
  readonly crlNumber: string | null
  readonly deltaCrlIndicator: string | null
  readonly authorityKeyIdentifier: CertificateFacts['authorityKeyIdentifier']
  readonly signatureAlgorithm: string
  readonly signatureAlgorithmOid: string
  readonly fingerprint: string
  readonly revokedCount: number
}

/** One entry of a CRL (RFC 5280 section 5.3). */
export interface RevokedEntry {
  readonly serialNumber: string
  readonly revocationDate: string
  readonly reason: RevocationReason | null
  readonly invalidityDate: string | null
  /** The extensions that have no field of their own, and a reason without a name; absent when there are none. */
  readonly extensions?: readonly Extension[]
}
