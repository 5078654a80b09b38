import { commandOn, shellWord } from '../base/text.ts'
import type { AuthorityRecord } from '../domain/authority.ts'

type Scoped = Pick<AuthorityRecord, 'name' | 'issuingDistributionPoint' | 'crlUrls'>

/**
 * What follows from a CRL that names URLs as its own: verifiers use it only for certificates that name one of them
 * (RFC 5280 section 6.3.3 (b)(2)(i)).
 *
 * @param isRoot whether its certificate, which names no CRL, is a trust anchor
 */
export function scopeNotes(
  { name, issuingDistributionPoint: own = [], crlUrls = [] }: Scoped,
  isRoot = false,
): readonly string[] {
  const [first] = own
  if (first === undefined) return []
  if (!own.some((url) => crlUrls.includes(url))) {
    const mended = commandOn('ca edit', name, `--crl-url ${shellWord(first)}`)
    return [`its CRL names ${first}, and nothing that it issues will, so that no verifier uses it: ${mended}`]
  }
  return isRoot
    ? [
        'its CRL names its own URL, and the certificate of a root names none: who asks for a CRL of the root itself, such as openssl verify -crl_check_all, refuses it as one of another scope',
      ]
    : []
}
