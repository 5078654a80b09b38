import { MAX_CANDIDATES } from './choose-issuer.ts'
import type { HeldCrl } from './held-crl.ts'
import { maySignCrls } from './judge-certificate.ts'
import type { PathMember } from './path-member.ts'
import { namesakes, type Surroundings } from './surroundings.ts'

/** Lists about the signers of lists about the signers of lists: no honest ones go further. */
const MAX_NESTING = 8

/** A judgement that is not finished: it came to a certificate that it is about. */
const PENDING = Symbol('pending')

/**
 * Who signs CRLs besides the issuers of a path: an authority with a key for each of the two, or one that lists what
 * others issued. It must be as trustworthy as the certificate: a path of its own to the same trust anchor (RFC 5280
 * section 6.3.3 f).
 */
export class CrlSigners<T extends PathMember> {
  readonly #around: Surroundings<T>
  readonly #isTrustedBy: (candidate: T, anchor: T) => boolean
  /** By the fingerprints of signer and trust anchor: one of two anchors may speak for a signer, or both. */
  readonly #verdicts = new Map<string, boolean | typeof PENDING>()
  #nesting = 0

  /** @param isTrustedBy whether a path leads from a certificate to this trust anchor, against which nothing speaks */
  constructor(around: Surroundings<T>, isTrustedBy: (candidate: T, anchor: T) => boolean) {
    this.#around = around
    this.#isTrustedBy = isTrustedBy
  }

  /** Whoever signed this CRL, and is trusted by the same anchor. */
  of(crl: HeldCrl, anchor: T): T | undefined {
    return namesakes(this.#around, crl.issuerKey)
      .filter(maySignCrls)
      .slice(0, MAX_CANDIDATES)
      .find((each) => crl.isSignedBy(each) && this.#isTrusted(each, anchor))
  }

  #isTrusted(candidate: T, anchor: T): boolean {
    const pair = `${candidate.facts.fingerprint} ${anchor.facts.fingerprint}`
    if (!this.#verdicts.has(pair)) {
      if (this.#nesting >= MAX_NESTING) return false
      this.#nesting++
      this.#verdicts.set(pair, PENDING)
      this.#verdicts.set(pair, this.#isTrustedBy(candidate, anchor))
      this.#nesting--
    }
    // who lists certificates lists his own, too: whether it is revoked is then asked of nobody else
    return this.#verdicts.get(pair) !== false
  }
}
