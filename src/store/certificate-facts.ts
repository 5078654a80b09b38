import type { CertificateFacts } from '../domain/facts.ts'
import { knownFacts } from '../x509/known-facts.ts'

/**
 * The facts of a certificate, read once for each array of bytes, in whatever room they are asked for.
 *
 * @throws {CertmanError} like `describeCertificate`
 */
export const certificateFacts = (der: Uint8Array): CertificateFacts => knownFacts(der)
