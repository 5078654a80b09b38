import type { CertificateFacts, Extension } from '../domain/facts.ts'
import { certificateExtensions, describeCertificate } from '../x509/certificate.ts'

/** As much of a certificate as judging a path needs. */
export interface PathMember {
  readonly der: Uint8Array
  readonly facts: CertificateFacts
  readonly extensions: readonly Extension[]
}

/**
 * A certificate as a member of paths. Its extensions are decoded when they are asked for: of a hundred roots one counts.
 *
 * @throws {CertmanError} `der.malformed`
 */
export function pathMember(der: Uint8Array): PathMember {
  let extensions: readonly Extension[] | undefined
  return {
    der,
    facts: describeCertificate(der),
    get extensions() {
      return (extensions ??= certificateExtensions(der))
    },
  }
}
