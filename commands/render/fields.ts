import { CertmanError } from '../../src/base/errors.ts'
import { isObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { RECORD_KINDS, type RecordKind } from '../../src/domain/records.ts'
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

/** The same of one kind only; what an authority issued is counted when it is listed. */
const PARTS_OF: Partial<Record<RecordKind, readonly string[]>> = {
  authority: [
    'encrypted',
    'issued',
    'revoked',
    'crlUrls',
    'aiaUrls',
    'ocspUrls',
    'crlDays',
    'crlOverlapHours',
  ],
}

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
    const field = findSelectable(kind, name)
    if (field) return field
    throw unknownField(name, [...fieldNames(kind), ...PARTS])
  })
}

/** One field of a kind by name or alias; undefined when there is none. */
function findSelectable(kind: RecordKind, name: string): SelectedField | undefined {
  const spec = findField(kind, name)
  if (spec) return { path: spec.name, read: readerOf(spec) }
  const part = partOf(kind, name)
  return part === undefined ? undefined : { path: part, read: (row) => at(row, part) }
}

/**
 * The fields of objects that lie around already (`show`, reports of changes): what one of them has at the path, else a
 * field of its kind.
 *
 * @param strict refuse what none has and no kind knows
 * @throws {CertmanError} `cli.usage` naming the unknown field
 */
export function selectPresent(
  objects: readonly JsonObject[],
  names: readonly string[],
  strict: boolean,
): SelectedField[] {
  const kinds = RECORD_KINDS.filter((kind) => objects.some((each) => each['kind'] === kind))
  return names.map((name) => {
    const asIs = { path: name, read: (row: JsonObject) => at(row, name) }
    if (objects.some((each) => hasAt(each, name))) return asIs
    const known = kinds.map((kind) => findSelectable(kind, name)).find((field) => field !== undefined)
    if (known) return known
    if (!strict || objects.length === 0) return asIs
    throw unknownField(name, [...new Set(objects.flatMap((each) => Object.keys(each)))])
  })
}

/** Whether an object has something of its own at a path: every object has a `constructor`, no record does. */
function hasAt(row: JsonObject, path: string): boolean {
  if (Object.hasOwn(row, path)) return row[path] !== undefined
  const [first = '', ...rest] = path.split('.')
  const inner = Object.hasOwn(row, first) ? row[first] : undefined
  return isObject(inner) && hasAt(inner, rest.join('.'))
}

/** The error for a field that does not exist, with what may have been meant. */
function unknownField(name: string, known: readonly string[]): CertmanError {
  return new CertmanError('cli.usage', `unknown field ${JSON.stringify(name.slice(0, 80))}`, {
    hint: didYouMean(name, known) ?? 'the fields are listed in: certman help filter',
    field: 'fields',
  })
}

/** An object of the row: a named part, or the beginning of a field's path (`basicConstraints`). */
function partOf(kind: RecordKind, name: string): string | undefined {
  const wanted = name.toLowerCase()
  const prefixes = fieldsOf(kind).flatMap(({ name: path }) =>
    path.includes('.') ? [path.slice(0, path.indexOf('.'))] : [],
  )
  return [...PARTS, ...(PARTS_OF[kind] ?? []), ...prefixes].find((part) => part.toLowerCase() === wanted)
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
  const next: Record<string, Json> = isObject(inner) ? (inner as Record<string, Json>) : {}
  target[step] = next
  place(next, rest, value)
}
