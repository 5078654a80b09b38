import type { HeldCrl } from './held-crl.ts'
import { maySignCrls } from './judge-certificate.ts'
import type { PathMember } from './path-member.ts'
import { namesakes, type Surroundings } from './surroundings.ts'

/** Certificates of one name whose key is tried. */
const MAX_NAMESAKES = 20

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
  readonly #anchorOf: (candidate: T) => T | undefined
  /** Fingerprints of trust anchors, by that of the signer. */
  readonly #anchors = new Map<string, string | typeof PENDING | undefined>()
  #nesting = 0

  /** @param anchorOf the trust anchor of a certificate against which nothing speaks */
  constructor(around: Surroundings<T>, anchorOf: (candidate: T) => T | undefined) {
    this.#around = around
    this.#anchorOf = anchorOf
  }

  /** Whoever signed this CRL, and is trusted by the same anchor. */
  of(crl: HeldCrl, anchor: T): T | undefined {
    return namesakes(this.#around, crl.issuerKey)
      .filter(maySignCrls)
      .slice(0, MAX_NAMESAKES)
      .find((each) => crl.isSignedBy(each) && this.#isTrusted(each, anchor.facts.fingerprint))
  }

  #isTrusted(candidate: T, anchor: string): boolean {
    const { fingerprint } = candidate.facts
    if (!this.#anchors.has(fingerprint)) {
      if (this.#nesting >= MAX_NESTING) return false
      this.#nesting++
      this.#anchors.set(fingerprint, PENDING)
      this.#anchors.set(fingerprint, this.#anchorOf(candidate)?.facts.fingerprint)
      this.#nesting--
    }
    // who lists certificates lists his own, too: whether it is revoked is then asked of nobody else
    const known = this.#anchors.get(fingerprint)
    return known === PENDING || known === anchor
  }
}
