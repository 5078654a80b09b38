import { MAX_CHAIN, signedBy } from './choose-issuer.ts'
import { nameKey } from './compare-names.ts'
import { authorityFaults, certificateFaults, digestFaults } from './judge-certificate.ts'
import { pathFaults, type PathRule } from './judge-path.ts'
import { faultOf, type PathFault } from './path-fault.ts'
import type { PathMember } from './path-member.ts'

/** Who may stand above a certificate; made once for all that are asked about. */
export interface Surroundings<T extends PathMember> {
  /** By the key of their subject. Believed for nothing by themselves. */
  readonly intermediates: ReadonlyMap<string, readonly T[]>
  /** By the key of their subject. */
  readonly anchors: ReadonlyMap<string, readonly T[]>
  /** Fingerprints of the anchors. */
  readonly believed: ReadonlySet<string>
}

/** @param intermediates may hold anchors, too, and what it holds twice counts once */
export function surroundings<T extends PathMember>(
  intermediates: readonly T[],
  anchors: readonly T[],
): Surroundings<T> {
  const believed = new Set(anchors.map(({ facts }) => facts.fingerprint))
  return {
    intermediates: bySubject(intermediates, believed),
    anchors: bySubject(anchors, new Set()),
    believed,
  }
}

/** A certificate, who may stand above it, and who is believed. */
export interface PathQuestion<T extends PathMember> extends PathRule {
  readonly leaf: T
  readonly around: Surroundings<T>
  /** More that speaks against a finished path: revocation. */
  readonly more?: (path: readonly T[], isAnchored: boolean) => readonly PathFault[]
}

/** The best path that there is. */
export interface FoundPath<T extends PathMember> {
  /** The end entity first. */
  readonly path: readonly T[]
  /** Whether the last one is a trust anchor. */
  readonly isAnchored: boolean
  /** Empty: the path is valid. */
  readonly faults: readonly PathFault[]
}

/** Issuers that one search looks at: more are only needed where somebody built a labyrinth. */
const MAX_STEPS = 1000

/**
 * The path from a certificate to a trust anchor against which nothing speaks; where there is none, the one that comes
 * nearest, with what speaks against it. All ways are tried (RFC 4158), the most promising first: an expired or
 * cross-signed issuer does not hide a good one.
 */
export function findPath<T extends PathMember>(question: PathQuestion<T>): FoundPath<T> {
  const search = new PathSearch(question)
  search.start()
  return search.best!
}

class PathSearch<T extends PathMember> {
  best: FoundPath<T> | undefined
  readonly #question: PathQuestion<T>
  /** By fingerprint: how much speaks against an issuer by itself. */
  readonly #ranks = new Map<string, number>()
  #steps = 0

  constructor(question: PathQuestion<T>) {
    this.#question = question
  }

  start(): void {
    const { leaf, around } = this.#question
    if (around.believed.has(leaf.facts.fingerprint)) this.#consider([leaf], true)
    if (!this.#isFound) this.#extend([leaf])
    // a labyrinth: the steps were used up before any way ended
    if (!this.best) this.#consider([leaf], false)
  }

  get #isFound(): boolean {
    return this.best?.faults.length === 0
  }

  #extend(path: readonly T[]): void {
    if (path.length > MAX_CHAIN) return
    const child = path.at(-1)!
    const name = nameKey(child.facts.issuerAttributes)
    const { anchors, intermediates } = this.#question.around
    this.#endAt(this.#ordered(child, anchors.get(name) ?? []), path)
    if (this.#isFound) return
    const isDeadEnd = !this.#goOn(this.#ordered(child, intermediates.get(name) ?? []), path)
    if (isDeadEnd && this.best?.isAnchored !== true) this.#consider(path, false)
  }

  #endAt(anchors: readonly T[], path: readonly T[]): void {
    const child = path.at(-1)!
    for (const anchor of anchors) {
      if (this.#isFound || ++this.#steps > MAX_STEPS) return
      if (signedBy(child, anchor) !== 'invalid') this.#consider([...path, anchor], true)
    }
  }

  /** @returns whether there was an issuer to go on with */
  #goOn(issuers: readonly T[], path: readonly T[]): boolean {
    const child = path.at(-1)!
    let isDeadEnd = true
    for (const issuer of issuers) {
      if (this.#isFound || ++this.#steps > MAX_STEPS) break
      if (path.some((each) => isSameEntity(each, issuer)) || signedBy(child, issuer) === 'invalid') continue
      isDeadEnd = false
      this.#extend([...path, issuer])
    }
    return !isDeadEnd
  }

  #consider(path: readonly T[], isAnchored: boolean): void {
    const question = this.#question
    const faults = [
      ...(isAnchored ? [] : [this.#endFault(path.at(-1)!)]),
      ...pathFaults(path, isAnchored, question),
      ...(question.more?.(path, isAnchored) ?? []),
    ]
    const found = { path, isAnchored, faults }
    if (!this.best || isBetter(found, this.best)) this.best = found
  }

  /** Why a path goes no further. */
  #endFault(last: T): PathFault {
    const { issuer, issuerAttributes, selfIssued } = last.facts
    if (selfIssued && signedBy(last, last) !== 'invalid')
      return faultOf(last, 'untrusted', 'it is self-signed and not trusted')
    const name = nameKey(issuerAttributes)
    const { anchors, intermediates } = this.#question.around
    const namesakes = [...(anchors.get(name) ?? []), ...(intermediates.get(name) ?? [])]
    const others = namesakes.filter((each) => !isSameEntity(each, last))
    if (others.length > 0 && others.every((each) => signedBy(last, each) === 'invalid'))
      return faultOf(last, 'signature', `it was not signed by the key of ${issuer} that is at hand`)
    return faultOf(last, 'incomplete', `its issuer is not at hand: ${issuer}`)
  }

  /** The most promising first: nothing against it by itself, the key identifier that is asked for, the latest end. */
  #ordered(child: T, candidates: readonly T[]): readonly T[] {
    if (candidates.length < 2) return candidates
    const wanted = child.facts.authorityKeyIdentifier?.keyIdentifier ?? null
    const rank = new Map(
      candidates.map((each) => {
        const { subjectKeyIdentifier: own } = each.facts
        const isOther = wanted !== null && own !== null && own !== wanted
        return [each, this.#ownFaults(each) * 2 + (isOther ? 1 : 0)] as const
      }),
    )
    return candidates.toSorted(
      (a, b) => rank.get(a)! - rank.get(b)! || (a.facts.notAfter < b.facts.notAfter ? 1 : -1),
    )
  }

  #ownFaults(issuer: T): number {
    const { fingerprint } = issuer.facts
    const known = this.#ranks.get(fingerprint)
    if (known !== undefined) return known
    const { at, around } = this.#question
    const faults = [
      certificateFaults(issuer, at),
      digestFaults(issuer),
      authorityFaults(issuer, around.believed.has(fingerprint)),
    ]
    const count = faults.flat().length
    this.#ranks.set(fingerprint, count)
    return count
  }
}

function bySubject<T extends PathMember>(
  members: readonly T[],
  without: ReadonlySet<string>,
): ReadonlyMap<string, readonly T[]> {
  const pool = new Map<string, T[]>()
  const seen = new Set(without)
  for (const member of members) {
    if (seen.has(member.facts.fingerprint)) continue
    seen.add(member.facts.fingerprint)
    const key = nameKey(member.facts.subjectAttributes)
    const namesakes = pool.get(key)
    if (namesakes) namesakes.push(member)
    else pool.set(key, [member])
  }
  return pool
}

/** One name with one key stands in a path once (RFC 4158 section 2.4.2), whatever certificates it has. */
const isSameEntity = (a: PathMember, b: PathMember): boolean =>
  a.facts.subject === b.facts.subject && a.facts.publicKey.spkiHash === b.facts.publicKey.spkiHash

function isBetter<T extends PathMember>(one: FoundPath<T>, other: FoundPath<T>): boolean {
  if (one.isAnchored !== other.isAnchored) return one.isAnchored
  if (one.faults.length !== other.faults.length) return one.faults.length < other.faults.length
  return one.path.length > other.path.length
}
