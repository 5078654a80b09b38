import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import * as der from '../../src/asn1/writer.ts'
import { judgePolicies, type PolicyQuestion } from '../../src/path/judge-policies.ts'
import { pathMember, type PathMember } from '../../src/path/path-member.ts'
import { ANY_POLICY, PolicyGraph } from '../../src/path/policy-graph.ts'
import { makeCertificate, makeKey } from '../support/make-certificates.ts'

/** What one certificate says, the one below the trust anchor first. */
interface Said {
  readonly policies: readonly string[]
  readonly isAnyHeeded: boolean
  readonly mappings: readonly (readonly [string, string])[]
  readonly isMappingInhibited: boolean
}

const mapOf = (mappings: Said['mappings']): Map<string, Set<string>> => {
  const map = new Map<string, Set<string>>()
  for (const [issuer, subject] of mappings) map.set(issuer, (map.get(issuer) ?? new Set()).add(subject))
  return map
}

function byGraph(chain: readonly Said[]): readonly string[] {
  const graph = new PolicyGraph()
  for (const [index, { policies, isAnyHeeded, mappings, isMappingInhibited }] of chain.entries()) {
    graph.descend(new Set(policies), isAnyHeeded)
    if (index === chain.length - 1) break
    if (isMappingInhibited) graph.drop(mapOf(mappings))
    else graph.map(mapOf(mappings))
  }
  return [...graph.authorityConstrained()].toSorted()
}

/** A node of the valid_policy_tree of RFC 5280 section 6.1.2 a. */
interface TreeNode {
  readonly policy: string
  readonly parent?: TreeNode
  expected: ReadonlySet<string>
}

const child = (parent: TreeNode, policy: string, expected = new Set([policy])): TreeNode => ({
  policy,
  parent,
  expected,
})

/** RFC 5280 section 6.1.3 d, word for word: every node for itself. */
function nextDepth(leaves: readonly TreeNode[], { policies, isAnyHeeded }: Said): TreeNode[] {
  const next: TreeNode[] = []
  for (const policy of policies.filter((each) => each !== ANY_POLICY)) {
    const parents = leaves.filter(({ expected }) => expected.has(policy))
    const others = leaves.filter((each) => each.policy === ANY_POLICY)
    for (const parent of parents.length > 0 ? parents : others) next.push(child(parent, policy))
  }
  if (!isAnyHeeded || !policies.includes(ANY_POLICY)) return next
  for (const parent of leaves)
    for (const policy of parent.expected)
      if (!next.some((each) => each.parent === parent && each.policy === policy))
        next.push(child(parent, policy))
  return next
}

function mapDepth(leaves: readonly TreeNode[], { mappings, isMappingInhibited }: Said): TreeNode[] {
  const map = mapOf(mappings)
  if (isMappingInhibited) return leaves.filter(({ policy }) => !map.has(policy))
  const next = [...leaves]
  for (const [policy, expected] of map) {
    const same = leaves.filter((each) => each.policy === policy)
    for (const each of same) each.expected = expected
    const any = leaves.find((each) => each.policy === ANY_POLICY)
    if (same.length === 0 && any) next.push(child(any.parent!, policy, expected))
  }
  return next
}

/** The policies of the nodes of the tree whose parent is anyPolicy, and that have something at the last depth. */
function byTree(chain: readonly Said[]): readonly string[] {
  let leaves: TreeNode[] = [{ policy: ANY_POLICY, expected: new Set([ANY_POLICY]) }]
  for (const [index, said] of chain.entries()) {
    leaves = nextDepth(leaves, said)
    if (index < chain.length - 1) leaves = mapDepth(leaves, said)
  }
  const policies = new Set(leaves.some(({ policy }) => policy === ANY_POLICY) ? [ANY_POLICY] : [])
  for (let each of leaves) {
    while (each.parent && each.parent.policy !== ANY_POLICY) each = each.parent
    if (each.policy !== ANY_POLICY) policies.add(each.policy)
  }
  return [...policies].toSorted()
}

const NAMES = ['1.2.1', '1.2.2', '1.2.3']
const named = fc.constantFrom(...NAMES)
const said: fc.Arbitrary<Said> = fc.record({
  policies: fc.uniqueArray(fc.constantFrom(...NAMES, ANY_POLICY), { maxLength: 4 }),
  isAnyHeeded: fc.boolean(),
  mappings: fc.array(fc.tuple(named, named), { maxLength: 4 }),
  isMappingInhibited: fc.boolean(),
})

test('the graph of RFC 9618 comes to what the tree of RFC 5280 comes to', () => {
  fc.assert(
    fc.property(fc.array(said, { minLength: 1, maxLength: 5 }), (chain) => {
      expect(byGraph(chain)).toEqual(byTree(chain))
    }),
    { numRuns: 500 },
  )
})

const extension = (oid: string, value: Uint8Array): Uint8Array =>
  der.sequence(der.oid(oid), der.octetString(value))

const policies = (...oids: readonly string[]): Uint8Array =>
  extension('2.5.29.32', der.sequence(...oids.map((oid) => der.sequence(der.oid(oid)))))

const mappings = (...pairs: readonly (readonly [string, string])[]): Uint8Array =>
  extension(
    '2.5.29.33',
    der.sequence(...pairs.map((pair) => der.sequence(...pair.map((oid) => der.oid(oid))))),
  )

/** requireExplicitPolicy 0. */
const explicitAtOnce = extension('2.5.29.36', der.sequence(der.implicit(0, Uint8Array.of(0))))

const key = makeKey()
const [A, B] = ['1.2.1', '1.2.2']
const crossed = [A, B].flatMap((issuer) => [A, B].map((subject) => [issuer, subject] as const))

/** A path of so many authorities below the anchor, the end entity first. */
function pathOf(length: number, extensions: readonly Uint8Array[]): readonly PathMember[] {
  const made = Array.from({ length }, (_, i) =>
    pathMember(makeCertificate({ cn: `${i}`, ca: i > 0, key, extensions }).der),
  )
  return [...made, pathMember(makeCertificate({ cn: 'Root', ca: true, key }).der)]
}

const judged = (path: readonly PathMember[], question?: PolicyQuestion) => {
  const { authorityConstrained, userConstrained, faults } = judgePolicies(path, true, question)
  return {
    authority: [...authorityConstrained],
    user: [...userConstrained],
    faults: faults.map((each) => each.code),
  }
}

test('the hostile chain of RFC 9618, whose tree doubles with every certificate, stays small', () => {
  const both = policies(A, B)
  // as a tree its last depth would have 2^40 nodes
  const path = pathOf(40, [both, mappings(...crossed)])
  expect(judged(path, { acceptable: new Set([B]), isRequired: true })).toEqual({
    authority: [A, B],
    user: [B],
    faults: [],
  })
})

const anyPolicy = policies(ANY_POLICY)
const onlyA = policies(A)

test.each<
  readonly [
    what: string,
    extensions: readonly Uint8Array[],
    question: PolicyQuestion,
    faults: readonly string[],
  ]
>([
  ['without policies is good where none is asked for', [], {}, []],
  ['without policies is not good where one is asked for', [], { isRequired: true }, ['policy']],
  [
    'with anyPolicy is good for whatever is asked for',
    [anyPolicy],
    { acceptable: new Set([B]), isRequired: true },
    [],
  ],
  [
    'with anyPolicy is not good where that is inhibited',
    [anyPolicy],
    { inhibitAny: true, isRequired: true },
    ['policy'],
  ],
  [
    'with another policy is not good for this one',
    [onlyA],
    { acceptable: new Set([B]), isRequired: true },
    ['policy'],
  ],
  ['that demands a policy at once is not good without one', [explicitAtOnce], {}, ['policy']],
  ['that maps from anyPolicy is never good', [onlyA, mappings([ANY_POLICY, A])], {}, ['policy']],
  ['that maps to anyPolicy is never good', [onlyA, mappings([A, ANY_POLICY])], {}, ['policy']],
])('a path %s', (_what, extensions, question, faults) => {
  expect(judged(pathOf(3, extensions), question).faults).toEqual(faults)
})

test('a certificate that names more than a thousand policies is not followed', () => {
  const many = Array.from({ length: 1001 }, (_, i) => `1.2.3.${i}`)
  expect(judged(pathOf(1, [policies(...many)])).faults).toEqual(['policy'])
})

test('who is trusted by itself has to name the policy itself', () => {
  const [leaf] = pathOf(1, [onlyA])
  const ask = (policy: string): readonly string[] =>
    judged([leaf!], { acceptable: new Set([policy]), isRequired: true }).faults
  expect([ask(A), ask(B)]).toEqual([[], ['policy']])
})
