import { extensionValue } from '../x509/extension-value.ts'
import { faultOf, type PathFault } from './path-fault.ts'
import type { PathMember } from './path-member.ts'
import { ANY_POLICY, PolicyGraph, type PolicyMappings } from './policy-graph.ts'

/** Which certificate policies a path must be valid under: the inputs c to g of RFC 5280 section 6.1.1. */
export interface PolicyQuestion {
  /** user-initial-policy-set, dotted OIDs; absent: any-policy. */
  readonly acceptable?: ReadonlySet<string>
  /** initial-explicit-policy: there must be one. */
  readonly isRequired?: boolean
  /** initial-policy-mapping-inhibit. */
  readonly inhibitMapping?: boolean
  /** initial-any-policy-inhibit. */
  readonly inhibitAny?: boolean
}

/** What a path is valid under. */
export interface PolicyVerdict {
  /** In the terms of the authority below the trust anchor; anyPolicy among them stands for all. */
  readonly authorityConstrained: ReadonlySet<string>
  /** Those of them that were asked for. */
  readonly userConstrained: ReadonlySet<string>
  readonly faults: readonly PathFault[]
}

/** No honest certificate names or maps so many; the work for a path is linear in them. */
const MAX_POLICIES = 1000

/**
 * Judges the certificate policies of a path (RFC 5280 sections 6.1.2 to 6.1.5 with the graph of RFC 9618).
 *
 * @param path the end entity first. Of the trust anchor nothing counts but where it is all there is.
 */
export function judgePolicies(
  path: readonly PathMember[],
  isAnchored: boolean,
  question: PolicyQuestion = {},
): PolicyVerdict {
  const certificates = (isAnchored && path.length > 1 ? path.slice(0, -1) : path).toReversed()
  const judgement = new PolicyJudgement(question, certificates.length)
  for (const [index, member] of certificates.entries())
    judgement.take(member, index === certificates.length - 1)
  return judgement.verdict()
}

/** The state variables of section 6.1.2; certificates are taken from the trust anchor down. */
class PolicyJudgement {
  readonly #question: PolicyQuestion
  readonly #graph = new PolicyGraph()
  readonly #faults: PathFault[] = []
  /** Certificates after which there must be a policy (d), anyPolicy counts no more (e), nothing is mapped (f). */
  #explicitPolicy: number
  #inhibitAnyPolicy: number
  #policyMapping: number
  /** Who set `#explicitPolicy`, for people. */
  #demand = 'one is asked for'
  #last!: PathMember

  constructor(question: PolicyQuestion, length: number) {
    this.#question = question
    this.#explicitPolicy = question.isRequired === true ? 0 : length + 1
    this.#inhibitAnyPolicy = question.inhibitAny === true ? 0 : length + 1
    this.#policyMapping = question.inhibitMapping === true ? 0 : length + 1
  }

  take(member: PathMember, isLast: boolean): void {
    this.#last = member
    const { selfIssued } = member.facts
    const facts = readPolicies(member)
    const { policies, mappings } = facts
    if (Math.max(policies.size, sizeOf(mappings)) > MAX_POLICIES)
      this.#faults.push(faultOf(member, 'policy', `it names more than ${MAX_POLICIES} certificate policies`))
    if (this.#faults.length > 0) return
    // 6.1.3 d, e
    this.#graph.descend(policies, this.#inhibitAnyPolicy > 0 || (!isLast && selfIssued))
    // 6.1.3 f
    if (this.#explicitPolicy === 0 && this.#graph.isNull) return this.#noneIsLeft(member)
    // 6.1.4 a, b
    if (!isLast && mappings.size > 0) this.#map(member, mappings)
    // 6.1.4 h; 6.1.5 a counts a self-issued end entity, too
    if (isLast || !selfIssued) this.#countDown()
    // 6.1.5 b: of the last certificate only a zero counts
    const { requireExplicitPolicy } = facts
    if (!isLast || requireExplicitPolicy === 0) this.#requireAfter(requireExplicitPolicy, member)
    // 6.1.4 i 2, j
    this.#policyMapping = Math.min(this.#policyMapping, facts.inhibitPolicyMapping)
    this.#inhibitAnyPolicy = Math.min(this.#inhibitAnyPolicy, facts.inhibitAnyPolicy)
  }

  /** 6.1.4 i 1. */
  #requireAfter(explicitPolicy: number, { facts }: PathMember): void {
    if (explicitPolicy >= this.#explicitPolicy) return
    this.#explicitPolicy = explicitPolicy
    this.#demand = `${facts.subject} demands one`
  }

  #map(member: PathMember, mappings: PolicyMappings): void {
    if (mappings.has(ANY_POLICY) || [...mappings.values()].some((subjects) => subjects.has(ANY_POLICY)))
      this.#faults.push(faultOf(member, 'policy', 'it maps anyPolicy, which nobody may'))
    else if (this.#policyMapping > 0) this.#graph.map(mappings)
    else this.#graph.drop(mappings)
  }

  #countDown(): void {
    this.#explicitPolicy = Math.max(0, this.#explicitPolicy - 1)
    this.#policyMapping = Math.max(0, this.#policyMapping - 1)
    this.#inhibitAnyPolicy = Math.max(0, this.#inhibitAnyPolicy - 1)
  }

  #noneIsLeft(member: PathMember): void {
    const message = `it has no certificate policy that is valid along the path, and ${this.#demand}`
    this.#faults.push(faultOf(member, 'policy', message))
  }

  /** Section 6.1.5 g. */
  verdict(): PolicyVerdict {
    const none: ReadonlySet<string> = new Set()
    if (this.#faults.length > 0)
      return { authorityConstrained: none, userConstrained: none, faults: this.#faults }
    const authorityConstrained = this.#graph.authorityConstrained()
    const userConstrained = acceptableOf(authorityConstrained, this.#question.acceptable)
    if (this.#explicitPolicy === 0 && userConstrained.size === 0)
      if (authorityConstrained.size === 0) this.#noneIsLeft(this.#last)
      else this.#faults.push(faultOf(this.#last, 'policy', otherPolicies(authorityConstrained)))
    return { authorityConstrained, userConstrained, faults: this.#faults }
  }
}

function acceptableOf(
  authorityConstrained: ReadonlySet<string>,
  acceptable: ReadonlySet<string> | undefined,
): ReadonlySet<string> {
  if (!acceptable || acceptable.has(ANY_POLICY)) return authorityConstrained
  if (authorityConstrained.has(ANY_POLICY)) return acceptable
  return new Set([...authorityConstrained].filter((policy) => acceptable.has(policy)))
}

const otherPolicies = (policies: ReadonlySet<string>): string =>
  `it is valid under other certificate policies only: ${[...policies].slice(0, 10).join(', ')}`

const sizeOf = (mappings: PolicyMappings): number =>
  [...mappings.values()].reduce((sum, subjects) => sum + subjects.size, 0)

/** What a certificate says of policies; what it names twice counts once. */
interface PolicyFacts {
  readonly policies: ReadonlySet<string>
  readonly mappings: PolicyMappings
  /** Certificates after which each begins; without it: never. */
  readonly requireExplicitPolicy: number
  readonly inhibitPolicyMapping: number
  readonly inhibitAnyPolicy: number
}

function readPolicies({ extensions }: PathMember): PolicyFacts {
  const policies = extensionValue(extensions, 'certificatePolicies') ?? []
  const pairs = extensionValue(extensions, 'policyMappings') ?? []
  const constraints = extensionValue(extensions, 'policyConstraints')
  const mappings = new Map<string, Set<string>>()
  for (const { issuerDomainPolicy, subjectDomainPolicy } of pairs) {
    const subjects = mappings.get(issuerDomainPolicy) ?? new Set()
    mappings.set(issuerDomainPolicy, subjects.add(subjectDomainPolicy))
  }
  return {
    policies: new Set(policies.map(({ policyIdentifier }) => policyIdentifier)),
    mappings,
    requireExplicitPolicy: constraints?.requireExplicitPolicy ?? Infinity,
    inhibitPolicyMapping: constraints?.inhibitPolicyMapping ?? Infinity,
    inhibitAnyPolicy: extensionValue(extensions, 'inhibitAnyPolicy') ?? Infinity,
  }
}
