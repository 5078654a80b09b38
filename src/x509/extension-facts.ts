import { CertmanError } from '../base/errors.ts'
import { readTlv, type Tlv } from '../asn1/reader.ts'
import { remembering } from '../asn1/remember.ts'
import type { CertificateFacts, ExtensionFacts } from '../domain/facts.ts'
import { decodeGeneralNames } from './extensions/alternative-names.ts'
import { decodeAuthorityKeyIdentifier, decodeSubjectKeyIdentifier } from './extensions/identifiers.ts'
import { decodeBasicConstraints, decodeExtendedKeyUsage, decodeKeyUsage } from './extensions/usage.ts'
import type { RawExtension } from './raw-extensions.ts'

type AllFacts = ExtensionFacts & Pick<CertificateFacts, 'authorityKeyIdentifier'>

// the few that have a field of their own; the indexer decodes no others
const FIELDS = {
  '2.5.29.17': ['subjectAltName', decodeGeneralNames],
  '2.5.29.15': ['keyUsage', remembering(decodeKeyUsage)],
  '2.5.29.37': ['extendedKeyUsage', remembering(decodeExtendedKeyUsage)],
  '2.5.29.19': ['basicConstraints', remembering(decodeBasicConstraints)],
  '2.5.29.14': ['subjectKeyIdentifier', decodeSubjectKeyIdentifier],
  '2.5.29.35': ['authorityKeyIdentifier', remembering(decodeAuthorityKeyIdentifier)],
} as const satisfies Record<string, readonly [keyof AllFacts, (value: Tlv) => unknown]>

/**
 * The value inside an extnValue. Octets after it are counted, not refused: OpenSSL overlooks them, so such
 * certificates are in use.
 *
 * @throws {CertmanError} `der.malformed`
 */
function innerValue(octets: Tlv): { readonly value: Tlv; readonly trailing: number } {
  const value = readTlv(octets.source, octets.contentStart, octets.end)
  return { value, trailing: octets.end - value.end }
}

/**
 * The extensions that have a field of their own. One that cannot be decoded is `null` here; it, and any that is
 * not quite right, is named in `malformedExtensions`: the certificate stays readable, and nothing passes for absent.
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
    if (seen.has(oid)) malformed.add(name)
    else {
      const decoded = tryDecode<unknown>(octets, decode)
      if (decoded.value !== undefined) (facts as Record<string, unknown>)[name] = decoded.value
      if (decoded.malformed !== undefined) malformed.add(name)
    }
    seen.add(oid)
  }
  if (malformed.size > 0) facts.malformedExtensions = [...malformed]
  return facts
}

/** What decoding gave: a value, or why there is none, or both when octets follow the value. */
export interface Decoded<T> {
  readonly value?: T
  readonly malformed?: string
}

/** Decodes the value inside an extnValue; whatever is wrong with it is an answer, not an error. */
export function tryDecode<T>(octets: Tlv, decode: (value: Tlv) => T): Decoded<T> {
  try {
    const { value, trailing } = innerValue(octets)
    const decoded = { value: decode(value) }
    return trailing === 0 ? decoded : { ...decoded, malformed: `${trailing} bytes follow the value` }
  } catch (error) {
    if (!(error instanceof CertmanError)) throw error
    return { malformed: error.message }
  }
}
