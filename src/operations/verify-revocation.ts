import { CrlSigners } from '../path/crl-signer.ts'
import { findPath } from '../path/find-path.ts'
import { OcspShelf } from '../path/ocsp-shelf.ts'
import type { PathBudget } from '../path/path-budget.ts'
import { faultOf, type PathFault } from '../path/path-fault.ts'
import { CrlShelf, type RevocationStatus } from '../path/revocation.ts'
import { type Surroundings, withAnchor } from '../path/surroundings.ts'
import type { VerifyMember } from './verify-member.ts'
import type { StoreKnowledge } from './verify-store.ts'

/** Whether one certificate of a path is revoked. */
export type MemberRevocation = { readonly subject: string; readonly fingerprint: string } & RevocationStatus

/** What is known of revocations. */
export interface RevocationEvidence {
  readonly crls: readonly Uint8Array[]
  /** DER of OCSP responses. */
  readonly ocsp?: readonly Uint8Array[]
  readonly known: StoreKnowledge
  readonly around: Surroundings<VerifyMember>
  readonly at: Date
  /** For the paths of who signed CRLs. */
  readonly budget: PathBudget
}

/** Tells of the certificates of paths whether they are revoked, out of the store, of CRLs and of OCSP responses. */
export class RevocationJudge {
  readonly #evidence: RevocationEvidence
  readonly #shelf: CrlShelf
  readonly #signers: CrlSigners<VerifyMember>
  readonly #responses: OcspShelf
  /** By the fingerprints of certificate, issuer and trust anchor: a hundred ways that share a step ask once about it. */
  #statuses = new Map<string, RevocationStatus>()

  /** @throws {CertmanError} `der.malformed` for a CRL or a response that cannot be read; `input.invalid` */
  constructor(evidence: RevocationEvidence) {
    const { around, at, crls, ocsp = [], budget } = evidence
    this.#evidence = evidence
    this.#shelf = new CrlShelf(crls)
    this.#responses = new OcspShelf(ocsp)
    this.#signers = new CrlSigners(around, (leaf, anchor) => {
      // who signs a CRL must not be revoked; that this must be known would ask for a list about each list
      const more = (path: readonly VerifyMember[], isAnchored: boolean): readonly PathFault[] =>
        revocationFaults(this.of(path, isAnchored), false)
      // what is found meanwhile takes this signer for trusted: nothing of it counts once the answer is there
      const settled = this.#statuses
      this.#statuses = new Map()
      const question = { leaf, around: withAnchor(around, anchor), at, more, budget }
      const { isAnchored, faults } = findPath(question)
      this.#statuses = settled
      return isAnchored && faults.length === 0
    })
  }

  /** One answer for each certificate of a path, the end entity first; for a trust anchor only that it is revoked. */
  of(path: readonly VerifyMember[], isAnchored: boolean): readonly MemberRevocation[] {
    const { known, at } = this.#evidence
    const anchor = isAnchored ? path.at(-1) : undefined
    return path.flatMap((member, index) => {
      const issuer = path[index + 1] ?? member
      // nobody else tells of a trust anchor; that the store had it revoked is not forgotten
      const isAnchor = member === anchor
      const status = isAnchor ? knownStatus(member, known, at) : this.#statusOf(member, issuer, anchor)
      if (!status || (isAnchor && status.status !== 'revoked')) return []
      const { subject, fingerprint } = member.facts
      return [{ subject, fingerprint, ...status }]
    })
  }

  #statusOf(member: VerifyMember, issuer: VerifyMember, anchor: VerifyMember | undefined): RevocationStatus {
    const key = [member, issuer, anchor].map((each) => each?.facts.fingerprint).join(' ')
    const known = this.#statuses.get(key)
    if (known) return known
    const status = this.#ask(member, issuer, anchor)
    this.#statuses.set(key, status)
    return status
  }

  #ask(member: VerifyMember, issuer: VerifyMember, anchor: VerifyMember | undefined): RevocationStatus {
    const { known: knowledge, at } = this.#evidence
    const known = knownStatus(member, knowledge, at)
    if (known?.status === 'revoked') return known
    const signers = this.#signers
    const asked = { member, issuer, at }
    const told = this.#responses.statusOf(asked)
    if (told?.status === 'revoked') return told
    // a store that was put back from a backup may know less than a list
    const listed = this.#shelf.statusOf({
      ...asked,
      ...(anchor && { otherSigner: (crl) => signers.of(crl, anchor) }),
    })
    if (listed.status === 'revoked') return listed
    return known ?? (listed.status === 'good' ? listed : (told ?? listed))
  }
}

/** What the store says of a certificate: that it is revoked; of one that its own authority issued, also that it is not. */
function knownStatus(
  { record }: VerifyMember,
  { ownAuthorities }: StoreKnowledge,
  at: Date,
): RevocationStatus | undefined {
  const { revocation, authorityId } = record ?? {}
  if (revocation && at >= new Date(revocation.date))
    return { status: 'revoked', why: 'the store says so', date: revocation.date, reason: revocation.reason }
  if (authorityId === undefined || !ownAuthorities.has(authorityId)) return undefined
  return { status: 'good', why: 'the store issued it and has not revoked it' }
}

/** What of it speaks against a path. @param mustBeKnown whether that nothing is known does so */
export function revocationFaults(
  revocations: readonly MemberRevocation[],
  mustBeKnown: boolean,
): readonly PathFault[] {
  return revocations.flatMap((each) => {
    const { subject, fingerprint, why, status } = each
    const about = { facts: { subject, fingerprint } }
    if (status === 'revoked')
      return [faultOf(about, 'revoked', `it was revoked on ${each.date} (${each.reason}): ${why}`)]
    if (status === 'good' || !mustBeKnown) return []
    return [faultOf(about, 'revocation-unknown', `whether it is revoked is not known: ${why}`)]
  })
}
