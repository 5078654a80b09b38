import type { CertificateFacts } from '../domain/facts.ts'
import { describeCertificate } from './certificate.ts'

/** Certificates of one generation: two are kept, some 10 MB of facts at most. A larger bundle is described twice. */
const GENERATION = 1024

/** Of certificates that come in an endless row, one in so many is remembered: it tells when some come a second time. */
const SAMPLE = 16

let young = new WeakMap<Uint8Array, CertificateFacts>()
let old = young
let count = 0
/** Certificates in a row of which nothing was known. */
let strangers = 0
let last: { readonly der: Uint8Array; readonly facts: CertificateFacts } | undefined

/**
 * The facts of a certificate, read once for each array of bytes: an import looks at them when it reads the file, when
 * it matches keys and when the record is described. Of very many, only the last ones stay known. The bytes of a
 * certificate are never changed in place.
 *
 * @throws {CertmanError} like `describeCertificate`
 */
export function knownFacts(der: Uint8Array): CertificateFacts {
  if (last?.der === der) return last.facts
  const known = young.get(der)
  if (known) strangers = 0
  const facts = known ?? factsOf(der)
  last = { der, facts }
  return facts
}

/** Facts that nobody asks for in time would fill the memory of a large import with what has outlived its use. */
function factsOf(der: Uint8Array): CertificateFacts {
  const before = old.get(der)
  strangers = before ? 0 : strangers + 1
  const facts = before ?? describeCertificate(der)
  if (strangers <= GENERATION || strangers % SAMPLE === 0) rememberFacts(der, facts)
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
