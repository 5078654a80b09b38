import { ATTRIBUTE_TYPES } from './oids/attribute-types.ts'
import { CURVES } from './oids/curves.ts'
import { EXTENSIONS } from './oids/extensions.ts'
import { KEY_ALGORITHMS } from './oids/key-algorithms.ts'
import { KEY_PURPOSES } from './oids/key-purposes.ts'
import { DIGESTS, OTHERS, REQUEST_ATTRIBUTES } from './oids/others.ts'
import { SIGNATURE_ALGORITHMS } from './oids/signature-algorithms.ts'
import { OidTable, wordsAt } from './oids/table.ts'

/** The object identifiers that certman knows, by what they are used for. A key algorithm also names signatures. */
const FAMILIES = {
  attributeType: () => ATTRIBUTE_TYPES,
  signatureAlgorithm: () => SIGNATURE_ALGORITHMS + KEY_ALGORITHMS,
  keyAlgorithm: () => KEY_ALGORITHMS,
  digest: () => DIGESTS,
  curve: () => CURVES,
  extension: () => EXTENSIONS,
  keyPurpose: () => KEY_PURPOSES,
  requestAttribute: () => REQUEST_ATTRIBUTES,
  other: () => OTHERS,
} as const satisfies Record<string, () => string>

export type OidFamily = keyof typeof FAMILIES

const tables = new Map<OidFamily, OidTable>()
const oidsByFamily = new Map<OidFamily, ReadonlyMap<string, string>>()

/** The names of one family by dotted text; hot code keeps the table at hand. */
export function namesOf(family: OidFamily): OidTable {
  let table = tables.get(family)
  if (!table) tables.set(family, (table = new OidTable(FAMILIES[family]())))
  return table
}

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

const typesByOid = new Map<string, string>()

/** The type under which a key of this algorithm is shown: rsa, ec, ed25519 …, else `unknown`. */
export function keyTypeOf(algorithmOid: string): string {
  const known = typesByOid.get(algorithmOid)
  if (known !== undefined) return known
  const type = wordsAt(KEY_ALGORITHMS, algorithmOid)?.at(-1)?.slice(1)
  if (type !== undefined) typesByOid.set(algorithmOid, type)
  return type ?? 'unknown'
}

/** Every type of key that `keyTypeOf` may answer. */
export const keyTypes = (): readonly string[] => [
  ...new Set(Array.from(KEY_ALGORITHMS.matchAll(/ =(.+)/g), ([, type]) => type!)),
  'unknown',
]

/** The object identifier of a name or alias within a family; upper and lower case count as the same. */
export const oidOfName = (family: OidFamily, name: string): string | undefined =>
  oidsOf(family).get(name.toLowerCase())

function oidsOf(family: OidFamily): ReadonlyMap<string, string> {
  let oids = oidsByFamily.get(family)
  if (!oids) {
    const named = namesOf(family).rows()
    const entries = named.flatMap(([oid, ...names]) =>
      names.map((each) => [each.toLowerCase(), oid] as const),
    )
    // a row that stands earlier wins: Map would keep the last one
    oidsByFamily.set(family, (oids = new Map(entries.reverse())))
  }
  return oids
}
