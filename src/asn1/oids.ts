import { ATTRIBUTE_TYPES } from './oids/attribute-types.ts'
import { CURVES } from './oids/curves.ts'
import { EXTENSIONS } from './oids/extensions.ts'
import { KEY_ALGORITHMS } from './oids/key-algorithms.ts'
import { KEY_PURPOSES } from './oids/key-purposes.ts'
import { DIGESTS, OTHERS, REQUEST_ATTRIBUTES } from './oids/others.ts'
import type { OidRow } from './oids/row.ts'
import { SIGNATURE_ALGORITHMS } from './oids/signature-algorithms.ts'

const keyAlgorithms = (): OidRow[] => KEY_ALGORITHMS.map(([oid, name]) => [oid, name])

/** The object identifiers that certman knows, by what they are used for. A key algorithm also names signatures. */
const FAMILIES = {
  attributeType: () => ATTRIBUTE_TYPES,
  signatureAlgorithm: () => [...SIGNATURE_ALGORITHMS, ...keyAlgorithms()],
  keyAlgorithm: keyAlgorithms,
  digest: () => DIGESTS,
  curve: () => CURVES,
  extension: () => EXTENSIONS,
  keyPurpose: () => KEY_PURPOSES,
  requestAttribute: () => REQUEST_ATTRIBUTES,
  other: () => OTHERS,
} as const satisfies Record<string, () => readonly OidRow[]>

export type OidFamily = keyof typeof FAMILIES

const namesByFamily = new Map<OidFamily, ReadonlyMap<string, string>>()
const oidsByFamily = new Map<OidFamily, ReadonlyMap<string, string>>()

// a row that stands earlier wins: Map would keep the last one
const firstWins = (entries: readonly (readonly [string, string])[]): ReadonlyMap<string, string> =>
  new Map([...entries].reverse())

/** A map of one family, made when it is first asked for: all of them together take 2 ms of every start. */
function lazily(
  maps: Map<OidFamily, ReadonlyMap<string, string>>,
  family: OidFamily,
  entriesOf: (row: OidRow) => readonly (readonly [string, string])[],
): ReadonlyMap<string, string> {
  let map = maps.get(family)
  if (!map) maps.set(family, (map = firstWins(FAMILIES[family]().flatMap(entriesOf))))
  return map
}

/** The names of one family by dotted text; look-ups in hot code go straight to this map. */
export const namesOf = (family: OidFamily): ReadonlyMap<string, string> =>
  lazily(namesByFamily, family, ([oid, name]) => [[oid, name]])

/** The name of an object identifier within a family, or its dotted text. */
export const nameOrOid = (family: OidFamily, oid: string): string => namesOf(family).get(oid) ?? oid

/** The name of an object identifier wherever it is known. */
export function nameOfOid(oid: string): string | undefined {
  for (const family of Object.keys(FAMILIES) as OidFamily[]) {
    const name = namesOf(family).get(oid)
    if (name !== undefined) return name
  }
  return undefined
}

/** The object identifier of a name or alias within a family; upper and lower case count as the same. */
export const oidOfName = (family: OidFamily, name: string): string | undefined =>
  lazily(oidsByFamily, family, ([oid, ...names]) =>
    names.map((each) => [each.toLowerCase(), oid] as const),
  ).get(name.toLowerCase())
