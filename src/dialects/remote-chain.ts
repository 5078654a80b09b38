import { chooseIssuer, isSelfSigned, MAX_CHAIN } from '../path/choose-issuer.ts'
import type { StoredCertificate } from '../store/store.ts'

/**
 * The issuers of a certificate among candidates that a vendor gives, the nearest first; stops at a self-signed
 * certificate or where one is missing.
 *
 * @param candidates certificates with that subject (RFC 4514 text); those of a chain in any order will do
 */
export async function chainAmong(
  leaf: StoredCertificate,
  candidates: (subject: string) => Promise<readonly StoredCertificate[]>,
): Promise<readonly StoredCertificate[]> {
  const chain: StoredCertificate[] = []
  const seen = new Set<string>()
  let child = leaf
  while (chain.length < MAX_CHAIN && !isSelfSigned(child)) {
    seen.add(child.facts.fingerprint)
    const found = await candidates(child.facts.issuer)
    const issuer = chooseIssuer(
      child,
      found.filter(({ facts }) => !seen.has(facts.fingerprint)),
    )
    if (!issuer) break
    chain.push(issuer)
    child = issuer
  }
  return chain
}
