import type { CertificateFacts } from '../domain/facts.ts'
import { describeCertificate } from '../x509/certificate.ts'

const known = new WeakMap<Uint8Array, CertificateFacts>()

/**
 * The facts of a certificate, read once for each array of bytes: an import looks at them when it reads the file, when
 * it matches keys and when the record is described. The bytes of a certificate are never changed in place.
 *
 * @throws {CertmanError} like `describeCertificate`
 */
export function certificateFacts(der: Uint8Array): CertificateFacts {
  const facts = known.get(der) ?? describeCertificate(der)
  known.set(der, facts)
  return facts
}
