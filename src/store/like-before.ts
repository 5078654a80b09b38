import { toHex } from '../base/bytes.ts'
import { contentOf } from '../asn1/reader.ts'
import type { FixedExtension } from '../domain/profile.ts'
import { certificateExtensions, certificateParts } from '../x509/certificate.ts'
import type { PolicyInformation } from '../x509/extensions/policies.ts'
import { readRawExtensions } from '../x509/raw-extensions.ts'
import { certificateFacts } from './certificate-facts.ts'

/** What the next certificate of an authority takes over from the last one. */
export interface LikeBefore {
  readonly days: number
  readonly pathLen: number | null
  readonly policies: readonly string[]
  /** Name constraints, byte for byte. */
  readonly fixed: readonly FixedExtension[]
}

const DAY = 86_400_000
const NAME_CONSTRAINTS = '2.5.29.30'

/** Reads the powers of a CA certificate. @throws {CertmanError} `der.malformed` */
export function likeBefore(der: Uint8Array): LikeBefore {
  const { notBefore, notAfter, basicConstraints } = certificateFacts(der)
  const { extensionsTlv } = certificateParts(der)
  const constraints = readRawExtensions(extensionsTlv).filter(({ oid }) => oid === NAME_CONSTRAINTS)
  return {
    days: Math.max(1, Math.round((Date.parse(notAfter) - Date.parse(notBefore)) / DAY)),
    pathLen: basicConstraints?.pathLen ?? null,
    policies: policiesOf(der),
    fixed: constraints.map(({ oid, critical, octets }) => ({
      oid,
      critical,
      value: toHex(contentOf(octets)),
    })),
  }
}

function policiesOf(der: Uint8Array): readonly string[] {
  const value = certificateExtensions(der).find(({ name }) => name === 'certificatePolicies')?.value
  return Array.isArray(value) ? (value as PolicyInformation[]).map((policy) => policy.policyIdentifier) : []
}
