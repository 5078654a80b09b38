import { extensionValue } from '../x509/extension-value.ts'
import { signedBy } from './choose-issuer.ts'
import { authorityFaults, certificateFaults, digestFaults } from './judge-certificate.ts'
import { judgePolicies, type PolicyQuestion } from './judge-policies.ts'
import { constraintViolations } from './name-constraints.ts'
import { PathBudget, type PathShare } from './path-budget.ts'
import { faultOf, type PathFault } from './path-fault.ts'
import type { PathMember } from './path-member.ts'
import { type Purpose, purposeFaults } from './purposes.ts'

/** What is asked of a path. */
export interface PathRule {
  /** The moment at which everything must hold. */
  readonly at: Date
  /** Absent: any. */
  readonly purpose?: Purpose
  /** Absent: any, or none. */
  readonly policies?: PolicyQuestion
}

/**
 * What speaks against a path by RFC 5280 section 6.1: dates, authorities, path lengths, name constraints, critical
 * extensions, certificate policies, signatures that this Node cannot verify, and the purpose. Revocation is judged
 * elsewhere; that each signature verifies was seen to when the path was built.
 *
 * @param path the end entity first, then its issuers
 * @param isAnchored whether the last one is believed: then its own signature does not count
 * @param rule `share`: what comparing names may cost; absent: this path is the only one
 */
export function pathFaults(
  path: readonly PathMember[],
  isAnchored: boolean,
  { at, purpose, policies, share = new PathBudget().share() }: PathRule & { readonly share?: PathShare },
): readonly PathFault[] {
  const below = isAnchored ? path.slice(0, -1) : path
  return [
    ...path.flatMap((member) => certificateFaults(member, at)),
    ...below.flatMap((member) => digestFaults(member)),
    ...path.slice(1).flatMap((member) => authorityFaults(member, isAnchored && member === path.at(-1))),
    ...path.slice(1).flatMap((issuer, index) => unverifiedFaults(path[index]!, issuer)),
    ...path.slice(1).flatMap((issuer, index) => lengthFaults(issuer, path.slice(1, index + 1))),
    ...path.slice(1).flatMap((issuer, index) => nameFaults(issuer, path.slice(0, index + 1), share)),
    ...judgePolicies(path, isAnchored, policies).faults,
    ...(purpose ? purposeFaults(path, purpose) : []),
  ]
}

function unverifiedFaults(child: PathMember, issuer: PathMember): readonly PathFault[] {
  if (signedBy(child, issuer) !== 'unsupported') return []
  const { signatureAlgorithm } = child.facts
  return [faultOf(child, 'signature', `this Node cannot verify its signature (${signatureAlgorithm})`)]
}

/** @param between the authorities below `issuer`, without the end entity */
function lengthFaults(issuer: PathMember, between: readonly PathMember[]): readonly PathFault[] {
  const most = issuer.facts.basicConstraints?.pathLen ?? null
  // section 6.1.4 l: a self-issued certificate (a change of keys) does not count
  const count = between.filter(({ facts }) => !facts.selfIssued).length
  if (most === null || count <= most) return []
  const message = `it allows ${most} authorities below it, and there are ${count}`
  return [faultOf(issuer, 'path-length', message)]
}

/** @param below everything that `issuer` stands above, the end entity first */
function nameFaults(
  issuer: PathMember,
  below: readonly PathMember[],
  share: PathShare,
): readonly PathFault[] {
  const constraints = extensionValue(issuer.extensions, 'nameConstraints')
  if (!constraints) return []
  const { permittedSubtrees: permitted, excludedSubtrees: excluded } = constraints
  const bases = [...(permitted ?? []), ...(excluded ?? [])]
  if (bases.length === 0 || permitted?.length === 0 || excluded?.length === 0)
    return [faultOf(issuer, 'malformed', 'its name constraints have an empty list')]
  // section 4.2.1.10: depths are to be processed or refused, and nobody has a use for them
  if (bases.some(({ minimum = 0, maximum }) => minimum !== 0 || maximum !== undefined))
    return [faultOf(issuer, 'name-constraints', 'its name constraints have depths, which are not understood')]
  // section 6.1.3 b, c: a self-issued certificate is free, unless it is the last one
  const bound = below.filter(({ facts }, index) => index === 0 || !facts.selfIssued)
  return bound.flatMap((member) => {
    const alternativeNames = member.facts.subjectAltName ?? []
    const subject = member.facts.subjectAttributes
    const comparisons = (alternativeNames.length + subject.flat().length) * bases.length
    if (!share.spend('comparisons', comparisons))
      return [faultOf(member, 'name-constraints', 'it has too many names for so many name constraints')]
    return constraintViolations(constraints, { subject, alternativeNames }).map((violation) =>
      faultOf(member, 'name-constraints', `${violation} (name constraints of ${issuer.facts.subject})`),
    )
  })
}
