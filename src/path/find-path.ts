import { byLatestEnd, MAX_CANDIDATES, MAX_CHAIN, signedBy } from './choose-issuer.ts'
import { nameKey } from './compare-names.ts'
import { authorityFaults, certificateFaults, digestFaults } from './judge-certificate.ts'
import { pathFaults, type PathRule } from './judge-path.ts'
import { PathBudget, type PathShare } from './path-budget.ts'
import { faultOf, type PathFault } from './path-fault.ts'
import type { PathMember } from './path-member.ts'
import { namesakes, type Surroundings } from './surroundings.ts'

/** A certificate, who may stand above it, and who is believed. */
export interface PathQuestion<T extends PathMember> extends PathRule {
  readonly leaf: T
  readonly around: Surroundings<T>
  /** Shared with other searches; absent: this is the only one. */
  readonly budget?: PathBudget
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

/** Certificates of one name that are put in order in the time of one step. */
const CROWD = 50

class PathSearch<T extends PathMember> {
  best: FoundPath<T> | undefined
  readonly #question: PathQuestion<T>
  /** By fingerprint; the lowest are tried first. */
  readonly #ranks = new Map<string, number>()
  readonly #share: PathShare
  #steps = 0
  #isSpent = false

  constructor(question: PathQuestion<T>) {
    this.#question = question
    this.#share = (question.budget ?? new PathBudget()).share()
  }

  start(): void {
    const { leaf, around } = this.#question
    if (around.believed.has(leaf.facts.fingerprint)) this.#consider([leaf], true)
    if (!this.#isFound) this.#extend([leaf])
    // a labyrinth: the steps were used up before any way ended
    if (!this.best) this.#consider([leaf], false)
    if (this.#isFound || !this.#isSpent) return
    const message = `the search for a path ended after ${this.#steps} steps: there may be a better one`
    const { faults, ...best } = this.best!
    this.best = { ...best, faults: [...faults, faultOf(leaf, 'unfinished', message)] }
  }

  /** Whether no further issuer is looked at. */
  #isOver(): boolean {
    if (this.#isFound || this.#isSpent) return true
    if (this.#spend(1)) this.#steps++
    return this.#isSpent
  }

  /** @returns whether there were so many steps left; else the search is over */
  #spend(steps: number): boolean {
    this.#isSpent ||= !this.#share.spend('steps', steps)
    return !this.#isSpent
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
      if (this.#isOver()) return
      if (signedBy(child, anchor) !== 'invalid') this.#consider([...path, anchor], true)
    }
  }

  /** @returns whether there was an issuer to go on with */
  #goOn(issuers: readonly T[], path: readonly T[]): boolean {
    const child = path.at(-1)!
    let isDeadEnd = true
    for (const issuer of issuers) {
      if (this.#isOver()) break
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
      ...pathFaults(path, isAnchored, { ...question, share: this.#share }),
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
    const named = namesakes(this.#question.around, nameKey(issuerAttributes))
    const others = named.filter((each) => !isSameEntity(each, last))
    if (others.length === 0) return faultOf(last, 'incomplete', `its issuer is not at hand: ${issuer}`)
    const likely = this.#ordered(last, others).slice(0, MAX_CANDIDATES)
    if (likely.length > 0 && likely.every((each) => signedBy(last, each) === 'invalid'))
      return faultOf(last, 'signature', `it was not signed by the key of ${issuer} that is at hand`)
    // a circle, or a way longer than any honest one
    return faultOf(last, 'incomplete', `its issuer leads to no trust anchor: ${issuer}`)
  }

  /** The most promising first: nothing against it by itself, near an anchor, the key that is asked for, the latest end. */
  #ordered(child: T, candidates: readonly T[]): readonly T[] {
    if (candidates.length < 2) return candidates
    // of so many of one name that to order them takes as long as steps do
    if (candidates.length >= CROWD && !this.#spend(Math.floor(candidates.length / CROWD))) return []
    const wanted = child.facts.authorityKeyIdentifier?.keyIdentifier ?? null
    const rank = new Map(
      candidates.map((each) => {
        const { subjectKeyIdentifier: own } = each.facts
        const isOther = wanted !== null && own !== null && own !== wanted
        return [each, this.#ownRank(each) + (isOther ? 1 : 0)] as const
      }),
    )
    return candidates.toSorted((a, b) => rank.get(a)! - rank.get(b)! || byLatestEnd(a, b))
  }

  /** What speaks against an issuer by itself, and next how far it is from an anchor. */
  #ownRank(issuer: T): number {
    const { fingerprint } = issuer.facts
    const known = this.#ranks.get(fingerprint)
    if (known !== undefined) return known
    const { at, around } = this.#question
    const faults = [
      certificateFaults(issuer, at),
      digestFaults(issuer),
      authorityFaults(issuer, around.believed.has(fingerprint)),
    ]
    const distance = around.distances.get(nameKey(issuer.facts.issuerAttributes)) ?? MAX_CHAIN
    const rank = (faults.flat().length * (MAX_CHAIN + 1) + Math.min(distance, MAX_CHAIN)) * 2
    this.#ranks.set(fingerprint, rank)
    return rank
  }
}

/** One name with one key stands in a path once (RFC 4158 section 2.4.1), whatever certificates it has. */
const isSameEntity = (a: PathMember, b: PathMember): boolean =>
  a.facts.subject === b.facts.subject && a.facts.publicKey.spkiHash === b.facts.publicKey.spkiHash

function isBetter<T extends PathMember>(one: FoundPath<T>, other: FoundPath<T>): boolean {
  if (one.isAnchored !== other.isAnchored) return one.isAnchored
  if (one.faults.length !== other.faults.length) return one.faults.length < other.faults.length
  // of two that end at an anchor the shorter one goes astray less; of two that do not, the longer one gets nearer
  const isShorter = one.path.length < other.path.length
  return one.isAnchored ? isShorter : one.path.length > other.path.length
}
