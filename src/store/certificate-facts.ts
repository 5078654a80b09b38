import type { CertificateFacts, CsrFacts } from '../domain/facts.ts'
import { describeCsr } from '../x509/csr.ts'
import { knownFacts } from '../x509/known-facts.ts'

/**
 * The facts of a certificate, read once for each array of bytes, in whatever room they are asked for.
 *
 * @throws {CertmanError} like `describeCertificate`
 */
export const certificateFacts = (der: Uint8Array): CertificateFacts => knownFacts(der)

const requests = new WeakMap<Uint8Array, CsrFacts>()

/** Notes what was read of a request anyway, for when its record is described. */
export const rememberRequest = (der: Uint8Array, facts: CsrFacts): void => void requests.set(der, facts)

/** The facts of a request, as `rememberRequest` noted them or read now. @throws {CertmanError} like `describeCsr` */
export const requestFacts = (der: Uint8Array): CsrFacts => requests.get(der) ?? describeCsr(der)
