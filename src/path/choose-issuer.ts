import { groupBy } from '../base/group-by.ts'
import { Recent } from '../base/recent.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import type { CertificateState } from '../domain/records.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { type SignatureVerdict, verifySignature } from '../crypto/verify.ts'
import { certificateParts } from '../x509/certificate.ts'
import { nameKey } from './compare-names.ts'

/** As much of a certificate as choosing an issuer needs. */
export interface ChainMember {
  readonly facts: CertificateFacts
  readonly der: Uint8Array
  readonly state?: CertificateState
}

/** More issuers than this is no honest chain; GnuTLS stops at 16, OpenSSL at 100. */
export const MAX_CHAIN = 32

/** Certificates of one name whose signature is tried. */
export const MAX_CANDIDATES = 20

/** Whether a certificate is its own issuer: the end of a chain. */
export function isSelfSigned(certificate: ChainMember): boolean {
  return certificate.facts.selfIssued && signedBy(certificate, certificate) !== 'invalid'
}

/**
 * The certificate among `candidates` that issued `child`: same name (RFC 5280 section 7.1), fitting key identifiers where both have them
 * (RFC 5280 section 4.2.1.1), a signature that verifies (or that this Node cannot verify). Of several (renewed or
 * cross-signed CAs) the one that `child` names by its serial number, else the valid one with the latest end.
 */
export function chooseIssuer<T extends ChainMember>(
  child: ChainMember,
  candidates: readonly T[],
): T | undefined {
  const wanted = child.facts.authorityKeyIdentifier?.keyIdentifier ?? null
  return candidates
    .filter(({ facts }) => isIssuerName(child.facts, facts))
    .filter(({ facts: { subjectKeyIdentifier: own } }) => wanted === null || own === null || own === wanted)
    .filter(
      ({ facts }) => facts.basicConstraints?.ca !== false || facts.fingerprint === child.facts.fingerprint,
    )
    .toSorted((a, b) => rank(child, a) - rank(child, b) || byLatestEnd(a, b))
    .find((candidate) => signedBy(child, candidate) !== 'invalid')
}

/** The same text is the same name; how others compare is RFC 5280 section 7.1. */
const isIssuerName = (child: CertificateFacts, issuer: CertificateFacts): boolean =>
  issuer.subject === child.issuer || nameKey(issuer.subjectAttributes) === nameKey(child.issuerAttributes)

const rank = (child: ChainMember, issuer: ChainMember): number => {
  if (isNamedBySerial(child, issuer)) return 0
  return issuer.state === undefined || issuer.state === 'valid' ? 1 : 2
}

/** OpenSSL takes no other issuer for such a child; one that ends earlier or is revoked serves nobody. */
const isNamedBySerial = ({ facts: child }: ChainMember, { facts, state }: ChainMember): boolean =>
  child.authorityKeyIdentifier?.serialNumber === facts.serialNumber &&
  state !== 'revoked' &&
  Date.parse(facts.notAfter) >= Date.parse(child.notAfter)

/** Whose validity ends latest comes first. */
export const byLatestEnd = (a: Pick<ChainMember, 'facts'>, b: Pick<ChainMember, 'facts'>): number =>
  Date.parse(b.facts.notAfter) - Date.parse(a.facts.notAfter)

/** By the SHA-256 of both certificates: what their bytes say of each other never changes. */
const verdicts = new Recent<SignatureVerdict>(10_000)

/**
 * Whether the key of `issuer` made the signature of `child`. Remembered: a server is asked for the same chains again
 * and again, and a verification costs fifty times the two hashes.
 */
export function signedBy(
  child: Pick<ChainMember, 'der'>,
  issuer: Pick<ChainMember, 'der'>,
): SignatureVerdict {
  return verdicts.of(`${sha256Hex(child.der)} ${sha256Hex(issuer.der)}`, () => {
    const { tbs, signatureAlgorithm, signature } = certificateParts(child.der)
    const { spki } = certificateParts(issuer.der)
    return verifySignature({ algorithm: signatureAlgorithm, signed: tbs, signature, spki })
  })
}

/** Certificates by the key of their subject (`nameKey`): where an issuer is looked for. */
export type IssuerPool<T extends ChainMember> = ReadonlyMap<string, readonly T[]>

/** A pool of all `members`, so that each look-up takes the few of one name and not all of a large bundle. */
export const poolOf = <T extends ChainMember>(members: Iterable<T>): IssuerPool<T> =>
  groupBy(members, ({ facts }) => nameKey(facts.subjectAttributes))

/**
 * Issuers of `leaf` out of `pool`, the nearest first, up to the root or to where one is missing. Of more than 20 of one
 * name the rest is not looked at: each costs a signature check.
 */
export function chainFrom<T extends ChainMember>(leaf: ChainMember, pool: IssuerPool<T>): readonly T[] {
  const chain: T[] = []
  const seen = new Set([leaf.facts.fingerprint])
  let child = leaf
  while (chain.length < MAX_CHAIN && !isSelfSigned(child)) {
    const named = pool.get(nameKey(child.facts.issuerAttributes)) ?? []
    const candidates = named.filter(({ facts }) => !seen.has(facts.fingerprint))
    const issuer = chooseIssuer(child, candidates.slice(0, MAX_CANDIDATES))
    if (!issuer) break
    seen.add(issuer.facts.fingerprint)
    chain.push(issuer)
    child = issuer
  }
  return chain
}
