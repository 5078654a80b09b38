import { CertmanError } from '../base/errors.ts'
import { DerReader, readTlv, type Tlv } from '../asn1/reader.ts'
import type { CertificateFacts, ExtensionFacts } from '../domain/facts.ts'
import { decodeSubjectAltName } from './extensions/alternative-names.ts'
import { decodeAuthorityKeyIdentifier, decodeSubjectKeyIdentifier } from './extensions/identifiers.ts'
import { decodeBasicConstraints, decodeExtendedKeyUsage, decodeKeyUsage } from './extensions/usage.ts'
import type { RawExtension } from './raw-extensions.ts'

type AllFacts = ExtensionFacts & Pick<CertificateFacts, 'authorityKeyIdentifier'>

// the few that have a field of their own; the indexer decodes no others
const FIELDS = {
  '2.5.29.17': ['subjectAltName', decodeSubjectAltName],
  '2.5.29.15': ['keyUsage', decodeKeyUsage],
  '2.5.29.37': ['extendedKeyUsage', decodeExtendedKeyUsage],
  '2.5.29.19': ['basicConstraints', decodeBasicConstraints],
  '2.5.29.14': ['subjectKeyIdentifier', decodeSubjectKeyIdentifier],
  '2.5.29.35': ['authorityKeyIdentifier', decodeAuthorityKeyIdentifier],
} as const satisfies Record<string, readonly [keyof AllFacts, (value: Tlv) => unknown]>

/** The value inside an extnValue: exactly one. @throws {CertmanError} `der.malformed` */
export function innerValue(octets: Tlv): Tlv {
  const value = readTlv(octets.source, octets.contentStart, octets.end)
  if (value.end !== octets.end) new DerReader(value.source, value.end, octets.end).finish('extension value')
  return value
}

/**
 * The extensions that have a field of their own. A malformed one is `null` here and named in
 * `malformedExtensions`: it does not make the certificate unreadable, and it does not pass for absent.
 * Of an extension that stands twice (RFC 5280 section 4.2 forbids it) the first counts.
 */
export function extensionFacts(extensions: readonly RawExtension[]): AllFacts {
  const facts: { -readonly [K in keyof AllFacts]: AllFacts[K] } = {
    subjectAltName: null,
    keyUsage: null,
    extendedKeyUsage: null,
    basicConstraints: null,
    subjectKeyIdentifier: null,
    authorityKeyIdentifier: null,
  }
  const seen = new Set<string>()
  const malformed = new Set<string>()
  for (const { oid, octets } of extensions) {
    const field = FIELDS[oid as keyof typeof FIELDS]
    if (field === undefined) continue
    const [name, decode] = field
    const value = seen.has(oid) ? undefined : decoded(octets, decode)
    if (value === undefined) malformed.add(name)
    else Object.assign(facts, { [name]: value })
    seen.add(oid)
  }
  if (malformed.size > 0) facts.malformedExtensions = [...malformed]
  return facts
}

function decoded(octets: Tlv, decode: (value: Tlv) => unknown): unknown {
  try {
    return decode(innerValue(octets))
  } catch (error) {
    if (error instanceof CertmanError) return undefined
    throw error
  }
}
