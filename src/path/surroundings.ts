import { groupBy } from '../base/group-by.ts'
import { nameKey } from './compare-names.ts'
import type { PathMember } from './path-member.ts'

/** Who may stand above a certificate; made once for all that are asked about. */
export interface Surroundings<T extends PathMember> {
  /** By the key of their subject. Believed for nothing by themselves. */
  readonly intermediates: ReadonlyMap<string, readonly T[]>
  /** By the key of their subject. */
  readonly anchors: ReadonlyMap<string, readonly T[]>
  /** Fingerprints of the anchors. */
  readonly believed: ReadonlySet<string>
  /** By the key of a name: how many issuers lie between it and an anchor, by names alone. Absent: no way leads there. */
  readonly distances: ReadonlyMap<string, number>
}

/** @param intermediates may hold anchors, too, and what it holds twice counts once */
export function surroundings<T extends PathMember>(
  intermediates: readonly T[],
  anchors: readonly T[],
): Surroundings<T> {
  const believed = new Set(anchors.map(({ facts }) => facts.fingerprint))
  const byName = bySubject(anchors, new Set())
  return {
    intermediates: bySubject(intermediates, believed),
    anchors: byName,
    believed,
    distances: distancesFrom(byName.keys(), intermediates),
  }
}

/** The same with one trust anchor alone; the others stand among those that are believed for nothing by themselves. */
export const withAnchor = <T extends PathMember>(
  { anchors, intermediates }: Surroundings<T>,
  anchor: T,
): Surroundings<T> => surroundings([...intermediates.values(), ...anchors.values()].flat(), [anchor])

/** Whoever bears the name of this key: trust anchors, then the others. */
export const namesakes = <T extends PathMember>(
  { anchors, intermediates }: Surroundings<T>,
  key: string,
): T[] => [...(anchors.get(key) ?? []), ...(intermediates.get(key) ?? [])]

function bySubject<T extends PathMember>(
  members: readonly T[],
  without: ReadonlySet<string>,
): ReadonlyMap<string, readonly T[]> {
  const seen = new Set(without)
  const isNew = ({ facts: { fingerprint } }: PathMember): boolean => {
    const isKnown = seen.has(fingerprint)
    seen.add(fingerprint)
    return !isKnown
  }
  return groupBy(members.filter(isNew), ({ facts }) => nameKey(facts.subjectAttributes))
}

function distancesFrom(
  anchors: Iterable<string>,
  intermediates: readonly PathMember[],
): ReadonlyMap<string, number> {
  const issued = groupBy(intermediates, ({ facts }) => nameKey(facts.issuerAttributes))
  const distances = new Map<string, number>()
  for (const name of anchors) distances.set(name, 0)
  // a Map gives what is added while it is read: the nearest come first
  for (const [name, distance] of distances)
    for (const { facts } of issued.get(name) ?? []) {
      const subject = nameKey(facts.subjectAttributes)
      if (!distances.has(subject)) distances.set(subject, distance + 1)
    }
  return distances
}
