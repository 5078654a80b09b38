import type { CertificateFacts } from '../domain/facts.ts'
import { describeCertificate } from './certificate.ts'

/** Certificates of one generation: two are kept, some 10 MB of facts at most. A larger bundle is described twice. */
const GENERATION = 1024

let young = new WeakMap<Uint8Array, CertificateFacts>()
let old = young
let count = 0

/**
 * The facts of a certificate, read once for each array of bytes: an import looks at them when it reads the file, when
 * it matches keys and when the record is described. Of very many, only the last ones stay known. The bytes of a
 * certificate are never changed in place.
 *
 * @throws {CertmanError} like `describeCertificate`
 */
export function knownFacts(der: Uint8Array): CertificateFacts {
  const known = young.get(der)
  if (known) return known
  const facts = old.get(der) ?? describeCertificate(der)
  rememberFacts(der, facts)
  return facts
}

/** Notes what is known of a certificate already, in the words of `describeCertificate`. */
export function rememberFacts(der: Uint8Array, facts: CertificateFacts): void {
  if (++count > GENERATION) {
    old = young
    young = new WeakMap()
    count = 1
  }
  young.set(der, facts)
}
