import { isCertmanError } from '../base/errors.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import { describeZoneless } from '../x509/certificate.ts'
import { knownFacts } from '../x509/known-facts.ts'

/**
 * The facts of a certificate that the store has already. An older certman, or a hand, may have put one there whose times
 * lack their zone: it can be looked at and taken out all the same.
 *
 * @throws {CertmanError} like `describeCertificate`
 */
export function storedFacts(der: Uint8Array): CertificateFacts {
  try {
    return knownFacts(der)
  } catch (error) {
    if (!isCertmanError(error, 'der.malformed')) throw error
    try {
      return describeZoneless(der)
    } catch {
      throw error
    }
  }
}
