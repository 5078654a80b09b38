/** The policy that stands for every other one (RFC 5280 section 4.2.1.4). */
export const ANY_POLICY = '2.5.29.32.0'

/** One node of a depth: a policy that is valid for the certificates down to there. */
interface PolicyNode {
  readonly validPolicy: string
  /** Nodes of the depth above. A tree would repeat this node below each of them; the graph does not. */
  readonly parents: readonly PolicyNode[]
  /** What the next certificate may name to stay below this node. */
  readonly expected: ReadonlySet<string>
}

/** By their policy: in one depth there is one node of each. */
type Depth = ReadonlyMap<string, PolicyNode>

const node = (validPolicy: string, parents: readonly PolicyNode[]): PolicyNode => ({
  validPolicy,
  parents,
  expected: new Set([validPolicy]),
})

/** The policies that a certificate asserts to be equal, by that of the issuer. */
export type PolicyMappings = ReadonlyMap<string, ReadonlySet<string>>

/**
 * The valid_policy_graph of RFC 9618 section 5, which replaces the valid_policy_tree of RFC 5280 section 6.1.2 a: two
 * policies that each map to both double such a tree with every certificate, and leave the graph two nodes wide.
 *
 * It grows by one depth for each certificate, the one below the trust anchor first. Only the last depth is held; of the
 * others there is what its nodes came from, so nobody has to prune what has no children (section 6.1.3 d 3).
 */
export class PolicyGraph {
  #last: Depth = new Map([[ANY_POLICY, node(ANY_POLICY, [])]])

  /** Nothing is valid any more: the valid_policy_graph is NULL. */
  get isNull(): boolean {
    return this.#last.size === 0
  }

  /**
   * Takes the policies of the next certificate (section 6.1.3 d and e).
   *
   * @param policies without the extension: empty
   * @param isAnyHeeded whether anyPolicy among them stands for others
   */
  descend(policies: ReadonlySet<string>, isAnyHeeded: boolean): void {
    const expecting = parentsByExpected(this.#last)
    const any = this.#last.get(ANY_POLICY)
    const next = new Map<string, PolicyNode>()
    for (const policy of policies) {
      if (policy === ANY_POLICY) continue
      // d 1 i, ii
      const parents = expecting.get(policy) ?? (any && [any])
      if (parents) next.set(policy, node(policy, parents))
    }
    // d 2
    if (isAnyHeeded && policies.has(ANY_POLICY))
      for (const [policy, parents] of expecting)
        if (!next.has(policy)) next.set(policy, node(policy, parents))
    this.#last = next
  }

  /** What is valid for this certificate goes on under other names (section 6.1.4 b 1). */
  map(mappings: PolicyMappings): void {
    const next = new Map(this.#last)
    const any = this.#last.get(ANY_POLICY)
    for (const [policy, expected] of mappings) {
      const mapped = this.#last.get(policy) ?? (any && node(policy, any.parents))
      if (mapped) next.set(policy, { ...mapped, expected })
    }
    this.#last = next
  }

  /** Where nothing may be mapped, what would be is no longer valid (section 6.1.4 b 2). */
  drop(mappings: PolicyMappings): void {
    this.#last = new Map([...this.#last].filter(([policy]) => !mappings.has(policy)))
  }

  /**
   * The authority-constrained policy set (section 6.1.5 g): by which of its own policies the first authority
   * that named any of them allows this path, in the terms that hold below the trust anchor.
   */
  authorityConstrained(): ReadonlySet<string> {
    const policies = new Set<string>(this.#last.has(ANY_POLICY) ? [ANY_POLICY] : [])
    const nodes = new Set(this.#last.values())
    // a Set gives what is added while it is read
    for (const { validPolicy, parents } of nodes)
      for (const parent of parents)
        if (parent.validPolicy !== ANY_POLICY) nodes.add(parent)
        else if (validPolicy !== ANY_POLICY) policies.add(validPolicy)
    return policies
  }
}

function parentsByExpected(depth: Depth): ReadonlyMap<string, readonly PolicyNode[]> {
  const parents = new Map<string, PolicyNode[]>()
  for (const each of depth.values())
    for (const policy of each.expected) {
      const others = parents.get(policy)
      if (others) others.push(each)
      else parents.set(policy, [each])
    }
  return parents
}
