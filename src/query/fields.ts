import type { RecordKind } from '../domain/records.ts'
import { CATALOGUE } from './catalogue.ts'
import type { FieldSpec } from './field-spec.ts'

/** Every field of a kind that filters and sorts can name. */
export function fieldsOf(kind: RecordKind): readonly FieldSpec[] {
  return CATALOGUE[kind]
}

const lookUps = new Map<RecordKind, ReadonlyMap<string, FieldSpec>>()

/** The field of that name or alias, in any letter case; undefined when the kind has none. */
export function findField(kind: RecordKind, name: string): FieldSpec | undefined {
  let byName = lookUps.get(kind)
  if (!byName) {
    const pairs = CATALOGUE[kind].flatMap((spec) =>
      [spec.name, ...(spec.aliases ?? [])].map((word) => [word.toLowerCase(), spec] as const),
    )
    byName = new Map(pairs)
    lookUps.set(kind, byName)
  }
  return byName.get(name.toLowerCase())
}

/** The path in the row that a field's value is, or is computed from. */
export const pathOf = ({ from, name }: Pick<FieldSpec, 'from' | 'name'>): string =>
  from && 'path' in from ? from.path : name

/** Names and aliases of a kind's fields, for suggestions and completion. */
export function fieldNames(kind: RecordKind): string[] {
  return CATALOGUE[kind].flatMap((spec) => [spec.name, ...(spec.aliases ?? [])])
}
