import type { Json, JsonObject } from '../base/json.ts'
import type { Sort } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { CERTIFICATE_STATES } from './catalogue.ts'
import { filterFault, quoted } from './fault.ts'
import type { FieldSpec } from './field-spec.ts'
import { fieldsOf, findField, pathOf } from './fields.ts'
import { casefold, compareText } from './fold.ts'
import { didYouMean } from './near.ts'
import { compile, reader } from './predicate.ts'
import { certificateStateTest } from './resolve.ts'
import { type SqlFilter, type SqlOptions, type SqlParam, stateCase } from './sql.ts'

/** Fields of one sort; more would never change the order. */
const MAX_SORTS = 16

/**
 * Parses `-notAfter,name`: fields in order of weight, `-` for descending (`+` is allowed too).
 *
 * @throws {CertmanError} `filter.invalid` with the column
 */
export function parseSort(text: string, kind: RecordKind): Sort[] {
  const sorts: Sort[] = []
  let at = 0
  for (const part of text.split(',')) {
    const name = part.trim().replace(/^[-+]/, '').trim()
    if (name !== '' || text.trim() !== '') sorts.push(parsePart({ text, at, part, name }, kind))
    at += part.length + 1
  }
  if (sorts.length > MAX_SORTS)
    throw filterFault({ text, at: 0, message: `more than ${MAX_SORTS} sort fields` })
  return sorts
}

function parsePart(typed: { text: string; at: number; part: string; name: string }, kind: RecordKind): Sort {
  const { text, at, part, name } = typed
  const spec = findField(kind, name)
  const where = at + Math.max(part.search(/[^\s+-]/), 0)
  if (!spec || !spec.sortable) {
    const sortable = fieldsOf(kind).flatMap((one) => (one.sortable ? [one.name] : []))
    const advice = didYouMean(name, sortable) ?? 'such as: --sort -notAfter,name'
    const message = spec ? `cannot sort by ${spec.name}` : `unknown sort field ${quoted(name)}`
    throw filterFault({ text, at: where, message, advice, what: 'sort' })
  }
  return { field: spec.name, descending: part.trimStart().startsWith('-') }
}

/**
 * Compares two rows: absent values last in both directions, text without case, then by id. Orders exactly as
 * `orderBy` does in SQL.
 *
 * @throws {CertmanError} `filter.invalid` for an unknown field
 */
export function compareRows(
  sorts: readonly Sort[],
  kind: RecordKind,
  now: Date,
): (a: JsonObject, b: JsonObject) => number {
  const compares = [...sorts, { field: 'id', descending: false }].map((sort) => compareBy(sort, kind, now))
  return (a, b) => {
    for (const compare of compares) {
      const order = compare(a, b)
      if (order !== 0) return order
    }
    return 0
  }
}

type Key = string | number | undefined

function compareBy(sort: Sort, kind: RecordKind, now: Date): (a: JsonObject, b: JsonObject) => number {
  const spec = sortable(sort.field, kind)
  const read = keyReader(spec, now)
  const sign = isReversed(spec, sort) ? -1 : 1
  return (a, b) => {
    const [left, right] = [read(a), read(b)]
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined)
    return sign * compareKeys(left, right)
  }
}

/** A greater age is an earlier instant: the order of the instants turns round. */
function isReversed(spec: FieldSpec, sort: Sort): boolean {
  return (spec.from?.how === 'since') !== sort.descending
}

function sortable(name: string, kind: RecordKind): FieldSpec {
  const spec = findField(kind, name)
  if (spec?.sortable) return spec
  throw filterFault({ text: name, at: 0, message: `cannot sort by ${quoted(name)}`, what: 'sort' })
}

function compareKeys(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  // numbers before texts, as in SQLite: opaque ids of a remote store may be mixed
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return compareText(String(a), String(b))
}

function keyReader(spec: FieldSpec, now: Date): (row: JsonObject) => Key {
  if (spec.from?.how === 'certificateState') {
    const states = CERTIFICATE_STATES.map((state) => compile(certificateStateTest(state, now)))
    return (row) => states.findIndex((isIn) => isIn(row))
  }
  const read = reader(pathOf(spec))
  return (row) => keyOf(spec, read(row))
}

function keyOf(spec: FieldSpec, value: Json | undefined): Key {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string') return undefined
  if (spec.type === 'identifier') return /^\d{1,15}$/.test(value) ? Number(value) : value
  return spec.type === 'text' ? casefold(value) : value
}

/**
 * The ORDER BY terms (without the words) that order as `compareRows` does. Fields that every row has are left bare, so
 * that an index gives the order. The last term is the id: its column must order as a number where ids are decimal.
 */
export function orderBy(
  sorts: readonly Sort[],
  options: SqlOptions,
): { sql: string; params: readonly SqlParam[] } {
  const terms = sorts.map((sort) => orderTerm(sort, options))
  const params = terms.flatMap((term) => term.params)
  return { sql: [...terms.map((term) => term.where), options.column('id')].join(', '), params }
}

function orderTerm(sort: Sort, options: SqlOptions): SqlFilter {
  const spec = sortable(sort.field, options.kind)
  const direction = isReversed(spec, sort) ? ' DESC' : ''
  if (spec.from?.how === 'certificateState') {
    const { sql, params } = stateCase(options, (_, rank) => rank)
    return { where: `${sql}${direction}`, params }
  }
  const path = pathOf(spec)
  // SQLite puts NULL first when ascending, last when descending
  const nulls = direction === '' && !spec.required ? ' NULLS LAST' : ''
  return { where: `${orderExpression(spec, path, options)}${direction}${nulls}`, params: [] }
}

function orderExpression(spec: FieldSpec, path: string, { column, folded }: SqlOptions): string {
  const value = column(path)
  if (spec.type === 'text') return folded?.(path) ?? `casefold(${value})`
  if (spec.type !== 'identifier' || path === 'id') return value
  return `CASE WHEN ${value} NOT GLOB '*[^0-9]*' AND length(${value}) BETWEEN 1 AND 15 THEN CAST(${value} AS INTEGER) ELSE ${value} END`
}
