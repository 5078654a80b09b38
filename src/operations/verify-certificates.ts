import { matchesHost } from '../crypto/host-name.ts'
import { chainFrom, isSelfSigned, poolOf } from '../path/choose-issuer.ts'
import { findPath, type FoundPath } from '../path/find-path.ts'
import { judgePolicies, type PolicyQuestion, type PolicyVerdict } from '../path/judge-policies.ts'
import { PathBudget } from '../path/path-budget.ts'
import { faultOf, type PathFault } from '../path/path-fault.ts'
import type { Purpose } from '../path/purposes.ts'
import { surroundings } from '../path/surroundings.ts'
import type { VerifyMember } from './verify-member.ts'
import { type MemberRevocation, revocationFaults, RevocationJudge } from './verify-revocation.ts'
import type { StoreKnowledge } from './verify-store.ts'

/** What is asked of certificates. */
export interface VerifyQuestion {
  readonly at: Date
  /** Absent: any. */
  readonly purpose?: Purpose
  /** A DNS name or address that the certificate must be for. */
  readonly hostname?: string
  /** Absent: any certificate policy, or none. */
  readonly policies?: PolicyQuestion
  /** Whether the answer is no where nothing is known of a revocation. */
  readonly requireCrl: boolean
}

/** What the answer is found with. */
export interface Evidence {
  readonly intermediates: readonly VerifyMember[]
  readonly anchors: readonly VerifyMember[]
  readonly crls: readonly Uint8Array[]
  readonly ocsp?: readonly Uint8Array[]
  readonly known: StoreKnowledge
}

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
  /** Which certificate policies the path is valid under. */
  readonly policies: Omit<PolicyVerdict, 'faults'>
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
  const around = surroundings(evidence.intermediates, evidence.anchors)
  const budget = new PathBudget()
  const judge = new RevocationJudge({ ...evidence, around, at: question.at, budget })
  const more = (path: readonly VerifyMember[], isAnchored: boolean): readonly PathFault[] =>
    revocationFaults(judge.of(path, isAnchored), question.requireCrl)
  return leaves.map((leaf) => {
    const found = findPath({ ...question, leaf, around, more, budget })
    return verdictOf(found, judge.of(found.path, found.isAnchored), question)
  })
}

function verdictOf(
  { path, isAnchored, faults }: FoundPath<VerifyMember>,
  revocation: readonly MemberRevocation[],
  { hostname, policies }: VerifyQuestion,
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
    policies: judgePolicies(path, isAnchored, policies),
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
