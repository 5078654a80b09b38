import { CertmanError } from '../../src/base/errors.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import type { RecordKind } from '../../src/domain/records.ts'
import type { FieldSpec } from '../../src/query/field-spec.ts'
import { fieldNames, fieldsOf, findField } from '../../src/query/fields.ts'
import { didYouMean } from '../../src/query/near.ts'
import { elements } from '../../src/query/predicate.ts'
import { at } from './cells.ts'

/** Parts of a row that are no filter fields but can be selected. */
const PARTS = [
  'subjectAttributes',
  'issuerAttributes',
  'authorityKeyIdentifier',
  'publicKey.exponent',
  'publicKey',
]

/** One selected field: its path in the output and its value in a row. */
export interface SelectedField {
  readonly path: string
  readonly read: (row: JsonObject, now: Date) => Json | undefined
}

/**
 * The fields that `--fields id,publicKey.type` names, aliases resolved. A path to an object selects all of it;
 * `expires` and `age` are seconds.
 *
 * @throws {CertmanError} `cli.usage` naming the unknown field and what may have been meant
 */
export function selectFields(kind: RecordKind, names: readonly string[]): SelectedField[] {
  return names.map((name) => {
    const spec = findField(kind, name)
    if (spec) return { path: spec.name, read: readerOf(spec) }
    const part = partOf(kind, name)
    if (part !== undefined) return { path: part, read: (row) => at(row, part) }
    throw new CertmanError('cli.usage', `unknown field ${JSON.stringify(name.slice(0, 80))}`, {
      hint:
        didYouMean(name, [...fieldNames(kind), ...PARTS]) ?? 'the fields are listed in: certman help filter',
      field: 'fields',
    })
  })
}

/** An object of the row: a named part, or the beginning of a field's path (`basicConstraints`). */
function partOf(kind: RecordKind, name: string): string | undefined {
  const wanted = name.toLowerCase()
  const prefixes = fieldsOf(kind).flatMap(({ name: path }) =>
    path.includes('.') ? [path.slice(0, path.indexOf('.'))] : [],
  )
  return [...PARTS, ...prefixes].find((part) => part.toLowerCase() === wanted)
}

function readerOf(spec: FieldSpec): SelectedField['read'] {
  const { from, name } = spec
  switch (from?.how) {
    case undefined:
    case 'true':
    case 'certificateState':
      return (row) => at(row, name)
    case 'present':
      return (row) => (at(row, from.path) ?? null) !== null
    case 'attribute':
      return (row) => elements(row, { shape: 'attributes', path: from.path, attribute: from.attribute })
    case 'left':
    case 'since':
      return (row, now) => secondsTo(at(row, from.path), from.how, now)
    default:
      throw new TypeError('readerOf: unexpected source')
  }
}

function secondsTo(instant: Json | undefined, how: 'left' | 'since', now: Date): number | undefined {
  if (typeof instant !== 'string') return undefined
  const seconds = Math.floor((Date.parse(instant) - now.getTime()) / 1000)
  return how === 'left' ? seconds : -seconds
}

/** A row with the selected fields only, nested as in the whole row. */
export function pick(row: JsonObject, fields: readonly SelectedField[], now: Date): JsonObject {
  const picked: Record<string, Json> = {}
  for (const { path, read } of fields) {
    const value = read(row, now)
    if (value !== undefined) place(picked, path.split('.'), value)
  }
  return picked
}

function place(target: Record<string, Json>, steps: readonly string[], value: Json): void {
  const [step = '', ...rest] = steps
  if (rest.length === 0) {
    target[step] = value
    return
  }
  const inner = target[step]
  const next: Record<string, Json> =
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? (inner as Record<string, Json>)
      : {}
  target[step] = next
  place(next, rest, value)
}
