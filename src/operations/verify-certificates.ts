import { matchesHost } from '../crypto/host-name.ts'
import { chainFrom, isSelfSigned, poolOf } from '../path/choose-issuer.ts'
import { findPath, type FoundPath } from '../path/find-path.ts'
import { faultOf, type PathFault } from '../path/path-fault.ts'
import type { Purpose } from '../path/purposes.ts'
import { CrlShelf, type RevocationStatus } from '../path/revocation.ts'
import { surroundings } from '../path/surroundings.ts'
import type { VerifyMember } from './verify-member.ts'
import type { StoreKnowledge } from './verify-store.ts'

/** What is asked of certificates. */
export interface VerifyQuestion {
  readonly at: Date
  /** Absent: any. */
  readonly purpose?: Purpose
  /** A DNS name or address that the certificate must be for. */
  readonly hostname?: string
  /** Whether the answer is no where nothing is known of a revocation. */
  readonly requireCrl: boolean
}

/** What the answer is found with. */
export interface Evidence {
  readonly intermediates: readonly VerifyMember[]
  readonly anchors: readonly VerifyMember[]
  readonly crls: readonly Uint8Array[]
  readonly known: StoreKnowledge
}

/** Whether one certificate of a path is revoked. */
export type MemberRevocation = { readonly subject: string; readonly fingerprint: string } & RevocationStatus

/** The answer about one certificate. */
export interface Verdict {
  readonly leaf: VerifyMember
  readonly isTrusted: boolean
  /** From the issuer up to the trust anchor, or as far as a path leads. */
  readonly issuers: readonly VerifyMember[]
  readonly trustAnchor: VerifyMember | undefined
  /** What speaks against it; empty when it is to be trusted. */
  readonly faults: readonly PathFault[]
  /** Of the certificate and its issuers, without the trust anchor. */
  readonly revocation: readonly MemberRevocation[]
  /** When the first certificate of the path ends: until then the answer may stay. */
  readonly validUntil: string
}

/**
 * Answers for each certificate whether it is to be trusted (RFC 5280 section 6): a path to a trust anchor, dates,
 * authorities, constraints, purpose, host name, revocation.
 *
 * @throws {CertmanError} `der.malformed` for a CRL that cannot be read
 */
export function verifyCertificates(
  leaves: readonly VerifyMember[],
  evidence: Evidence,
  question: VerifyQuestion,
): readonly Verdict[] {
  const shelf = new CrlShelf(evidence.crls)
  const around = surroundings(evidence.intermediates, evidence.anchors)
  const statusOf = (member: VerifyMember, issuer: VerifyMember): RevocationStatus => {
    const known = knownStatus(member, evidence.known, question.at)
    if (known?.status === 'revoked') return known
    // a store that was put back from a backup may know less than a list
    const listed = shelf.statusOf(member, issuer, question.at)
    return listed.status === 'revoked' ? listed : (known ?? listed)
  }
  return leaves.map((leaf) => {
    const revocations = (path: readonly VerifyMember[], isAnchored: boolean): readonly MemberRevocation[] =>
      path.flatMap((member, index) => {
        const isAnchor = isAnchored && index === path.length - 1
        // nobody else tells of a trust anchor; that the store had it revoked is not forgotten
        const status = isAnchor
          ? knownStatus(member, evidence.known, question.at)
          : statusOf(member, path[index + 1] ?? member)
        if (!status || (isAnchor && status.status !== 'revoked')) return []
        const { subject, fingerprint } = member.facts
        return [{ subject, fingerprint, ...status }]
      })
    const more = (path: readonly VerifyMember[], isAnchored: boolean): readonly PathFault[] =>
      revocations(path, isAnchored).flatMap((each) => revocationFaults(each, question.requireCrl))
    const found = findPath({ ...question, leaf, around, more })
    return verdictOf(found, revocations(found.path, found.isAnchored), question)
  })
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

function revocationFaults(revocation: MemberRevocation, requireCrl: boolean): readonly PathFault[] {
  const { subject, fingerprint, why } = revocation
  const about = { facts: { subject, fingerprint } }
  switch (revocation.status) {
    case 'revoked':
      return [
        faultOf(about, 'revoked', `it was revoked on ${revocation.date} (${revocation.reason}): ${why}`),
      ]
    case 'unknown':
      return requireCrl
        ? [faultOf(about, 'revocation-unknown', `whether it is revoked is not known: ${why}`)]
        : []
    default:
      return []
  }
}

function verdictOf(
  { path, isAnchored, faults }: FoundPath<VerifyMember>,
  revocation: readonly MemberRevocation[],
  { hostname }: VerifyQuestion,
): Verdict {
  const [leaf, ...issuers] = path as readonly [VerifyMember, ...VerifyMember[]]
  const all = [...(hostname === undefined ? [] : nameFaults(leaf, hostname)), ...faults]
  return {
    leaf,
    isTrusted: all.length === 0,
    issuers,
    trustAnchor: isAnchored ? path.at(-1) : undefined,
    faults: all,
    revocation,
    validUntil: path.map(({ facts }) => facts.notAfter).toSorted()[0]!,
  }
}

const nameFaults = (leaf: VerifyMember, hostname: string): readonly PathFault[] =>
  matchesHost(leaf.der, hostname) ? [] : [faultOf(leaf, 'name', `it is not for ${hostname}`)]

/** The certificates of a file that are asked about: those that issued none of the others; all when they go in circles. */
export function leavesOf(members: readonly VerifyMember[]): readonly VerifyMember[] {
  const pool = poolOf(members)
  const issuers = new Set(
    members.flatMap((member) => chainFrom(member, pool).map(({ facts }) => facts.fingerprint)),
  )
  const leaves = members.filter(({ facts }) => !issuers.has(facts.fingerprint))
  return leaves.length > 0 ? leaves : members
}

/** Self-signed certificates: of those that the store holds, what it can be told to believe. */
export const selfSigned = (members: readonly VerifyMember[]): readonly VerifyMember[] =>
  members.filter((member) => isSelfSigned(member))
