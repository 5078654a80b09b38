import { compareBytes, fromHex, toHex } from '../base/bytes.ts'
import { DAY } from '../base/instant.ts'
import { contentOf } from '../asn1/reader.ts'
import { usageOfAll } from '../authority/built-in-profiles.ts'
import type { FixedExtension, Profile } from '../domain/profile.ts'
import { certificateParts } from '../x509/certificate.ts'
import { readRawExtensions } from '../x509/raw-extensions.ts'
import { extension, keyIdentifier, subjectKeyIdentifier, type KeyUsage } from '../x509/write-extensions.ts'
import { knownFacts } from '../x509/known-facts.ts'

/** What the next certificate of an authority takes over from the last one. */
export interface LikeBefore {
  readonly days: number
  readonly pathLen: number | null
  readonly keyUsage: readonly KeyUsage[]
  /** By which what it issued finds it (RFC 5280 section 4.2.1.1); undefined: the one that every tool computes. */
  readonly identifier: Uint8Array | undefined
  /** Names, constraints, policies and purposes, byte for byte. */
  readonly fixed: readonly FixedExtension[]
}

/** RFC 5280 sections 4.2.1.6, 4.2.1.10, 4.2.1.4, 4.2.1.5, 4.2.1.11, 4.2.1.12, 4.2.1.14. */
const KEPT = new Set([
  '2.5.29.17',
  '2.5.29.30',
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.36',
  '2.5.29.37',
  '2.5.29.54',
])

/** Reads the powers of a CA certificate. @throws {CertmanError} `der.malformed` */
export function likeBefore(der: Uint8Array): LikeBefore {
  const { notBefore, notAfter, basicConstraints, keyUsage, subjectKeyIdentifier: own } = knownFacts(der)
  const { extensionsTlv, spki } = certificateParts(der)
  const identifier = own === null ? undefined : fromHex(own)
  const isComputed = identifier && compareBytes(identifier, keyIdentifier(spki)) === 0
  return {
    days: Math.max(1, Math.round((Date.parse(notAfter) - Date.parse(notBefore)) / DAY)),
    pathLen: basicConstraints?.pathLen ?? null,
    keyUsage: usageBefore(keyUsage ?? []),
    identifier: isComputed ? undefined : identifier,
    fixed: readRawExtensions(extensionsTlv)
      .filter(({ oid }) => KEPT.has(oid))
      .map(({ oid, critical, octets }) => ({ oid, critical, value: toHex(contentOf(octets)) })),
  }
}

/** An authority signs certificates and CRLs; many sign OCSP responses, too. What else it had suits no authority. */
const usageBefore = (usages: readonly string[]): readonly KeyUsage[] => [
  ...(['digitalSignature', 'nonRepudiation'] as const).filter((usage) => usages.includes(usage)),
  'keyCertSign',
  'cRLSign',
]

/** A profile for the next certificate of an authority: with the usages and extensions that it had. */
export const profileLike = (profile: Profile, { keyUsage, fixed }: LikeBefore): Profile => ({
  ...profile,
  keyUsage: usageOfAll(keyUsage),
  extensions: { ...profile.extensions, fixed: [...profile.extensions.fixed, ...fixed] },
})

/** The extension that a request needs to keep the identifier of its authority. */
export const identifierLike = ({ identifier }: LikeBefore): readonly Uint8Array[] =>
  identifier ? [subjectKeyIdentifier(identifier)] : []

/** Extension DER each. */
export const extensionsLike = ({ fixed }: LikeBefore): readonly Uint8Array[] =>
  fixed.map(({ oid, critical, value }) => extension(oid, critical, fromHex(value)))
