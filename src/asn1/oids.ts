import { ATTRIBUTE_TYPES } from './oids/attribute-types.ts'
import { CURVES } from './oids/curves.ts'
import { EXTENSIONS } from './oids/extensions.ts'
import { KEY_ALGORITHMS } from './oids/key-algorithms.ts'
import { KEY_PURPOSES } from './oids/key-purposes.ts'
import { DIGESTS, OTHERS, REQUEST_ATTRIBUTES } from './oids/others.ts'
import type { OidRow } from './oids/row.ts'
import { SIGNATURE_ALGORITHMS } from './oids/signature-algorithms.ts'

/** The object identifiers that certman knows, by what they are used for. A key algorithm also names signatures. */
const FAMILIES = {
  attributeType: ATTRIBUTE_TYPES,
  signatureAlgorithm: [...SIGNATURE_ALGORITHMS, ...KEY_ALGORITHMS.map(([oid, name]): OidRow => [oid, name])],
  keyAlgorithm: KEY_ALGORITHMS.map(([oid, name]): OidRow => [oid, name]),
  digest: DIGESTS,
  curve: CURVES,
  extension: EXTENSIONS,
  keyPurpose: KEY_PURPOSES,
  requestAttribute: REQUEST_ATTRIBUTES,
  other: OTHERS,
} as const satisfies Record<string, readonly OidRow[]>

export type OidFamily = keyof typeof FAMILIES

const namesByFamily = new Map<OidFamily, ReadonlyMap<string, string>>()
const oidsByFamily = new Map<OidFamily, ReadonlyMap<string, string>>()

// a row that stands earlier wins: Map would keep the last one
const firstWins = (entries: readonly (readonly [string, string])[]): ReadonlyMap<string, string> =>
  new Map([...entries].reverse())

for (const family of Object.keys(FAMILIES) as OidFamily[]) {
  const rows: readonly OidRow[] = FAMILIES[family]
  namesByFamily.set(family, firstWins(rows.map(([oid, name]) => [oid, name])))
  oidsByFamily.set(
    family,
    firstWins(rows.flatMap(([oid, ...names]) => names.map((name) => [name.toLowerCase(), oid] as const))),
  )
}

/** The names of one family by dotted text; look-ups in hot code go straight to this map. */
export const namesOf = (family: OidFamily): ReadonlyMap<string, string> => namesByFamily.get(family)!

/** The name of an object identifier within a family, or its dotted text. */
export const nameOrOid = (family: OidFamily, oid: string): string => namesOf(family).get(oid) ?? oid

/** The name of an object identifier wherever it is known. */
export function nameOfOid(oid: string): string | undefined {
  for (const names of namesByFamily.values()) {
    const name = names.get(oid)
    if (name !== undefined) return name
  }
  return undefined
}

/** The object identifier of a name or alias within a family; upper and lower case count as the same. */
export const oidOfName = (family: OidFamily, name: string): string | undefined =>
  oidsByFamily.get(family)!.get(name.toLowerCase())
