import type { Filter } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { afterPrefix } from './fold.ts'
import { CERTIFICATE_STATES } from './catalogue.ts'
import { certificateStateTest, resolve } from './resolve.ts'
import type { ListShape, ScalarTest, Test, TextTest } from './tests.ts'

/** A value for a `?` of the SQL. */
export type SqlParam = string | number | null | Uint8Array

/** How the index keeps its rows. */
export interface SqlOptions {
  readonly kind: RecordKind
  readonly now: Date
  /**
   * The SQL of the scalar at a JSON path: a real column where there is one, else `jsonColumn(path)`. Booleans are
   * 0 and 1. Paths come from the catalogue, never from what somebody typed. `id` may be an INTEGER column.
   */
  readonly column: (path: string) => string
  /** The SQL of the same text after `casefold`; default: a call of `casefold` (see `SQL_FUNCTIONS`). */
  readonly folded?: (path: string) => string
  /**
   * The SQL of a text in which every element of the list field stands folded, whatever lies between: as it is, or for the
   * attributes of a name as RFC 4514 writes them. Spares most rows the look into their JSON. Undefined where there is none.
   */
  readonly listText?: (path: string) => string | undefined
  /**
   * A condition that holds for every row in which the field has exactly one of these values (a list: among its
   * elements), and for few others; texts are folded. It spares a walk over all rows. Undefined where there is none.
   */
  readonly candidates?: (path: string, values: readonly string[]) => SqlCondition | undefined
  /** The SQL of the whole row's JSON text; default `row`. */
  readonly row?: string
}

/** A condition with its parameters in order. */
export interface SqlCondition {
  readonly sql: string
  readonly values: readonly SqlParam[]
}

/** A WHERE clause with its parameters in order. */
export interface SqlFilter {
  readonly where: string
  readonly params: readonly SqlParam[]
}

/** `json_extract` of a path of the catalogue. @param row the SQL of the whole row's JSON text */
export const jsonColumn = (path: string, row: string): string => `json_extract(${row}, '$.${path}')`

/**
 * The filter as a WHERE clause for SQLite, values as parameters. Means exactly what `toPredicate` means; equality and
 * order on columns, prefixes and times are left in the form that an index answers.
 *
 * @throws {CertmanError} `filter.invalid`
 */
export function toSql(filter: Filter, options: SqlOptions): SqlFilter {
  const writer: Writer = { options, params: [] }
  return { where: write(resolve(filter, options), writer), params: writer.params }
}

/** A CASE over the states of a certificate at `now`, each as `then` writes it. */
export function stateCase(
  options: SqlOptions,
  then: (state: (typeof CERTIFICATE_STATES)[number], rank: number) => string | number,
): { readonly sql: string; readonly params: readonly SqlParam[] } {
  const writer: Writer = { options, params: [] }
  const cases = CERTIFICATE_STATES.map(
    (state, rank) =>
      `WHEN ${write(certificateStateTest(state, options.now), writer)} THEN ${then(state, rank)}`,
  )
  return { sql: `CASE ${cases.join(' ')} END`, params: writer.params }
}

interface Writer {
  readonly options: SqlOptions
  readonly params: SqlParam[]
}

/**
 * NULL (an absent value) counts as false: AND, OR and WHERE treat it so by themselves, and `not` is written as
 * IS NOT TRUE, so no comparison needs a wrapper that would keep it from an index.
 */
function write(test: Test, writer: Writer): string {
  switch (test.op) {
    case 'constant':
      return test.value ? '1' : '0'
    case 'and':
    case 'or':
      return balanced(
        test.terms.map((term) => write(term, writer)),
        test.op,
      )
    case 'not':
      return `(${write(test.term, writer)}) IS NOT TRUE`
    case 'any':
      return writeAny(test.list, test.test, writer)
    default:
      return writeScalar(test, writer)
  }
}

/** What of no terms is so, by what joins them. */
const EMPTY = { and: '1', or: '0' } as const

/** SQLite refuses expressions deeper than 1,000, and a plain chain is as deep as it is long. */
function balanced(terms: readonly string[], by: keyof typeof EMPTY): string {
  if (terms.length < 2) return terms[0] ?? EMPTY[by]
  const half = terms.length >> 1
  const parts =
    terms.length <= 8 ? terms : [terms.slice(0, half), terms.slice(half)].map((each) => balanced(each, by))
  return `(${parts.join(` ${by.toUpperCase()} `)})`
}

function writeScalar(test: ScalarTest, writer: Writer): string {
  const { column, folded } = writer.options
  const value = column(test.path)
  switch (test.op) {
    case 'present':
      return `${value} IS NOT NULL`
    case 'text':
      return amongCandidates([test.path, test.test], writer, () => {
        if (test.folded === false) return writeText(value, test.test, writer)
        const text = folded?.(test.path) ?? `casefold(${value})`
        return writeText(test.folded === 'name' ? `wholename(${text})` : text, test.test, writer)
      })
    case 'number':
      return `${value} ${test.operator} ${param(writer, test.value)}`
    case 'identifier':
      // the GLOB keeps opaque ids of remote stores, which CAST would read as 0, out of the comparison
      return `(CAST(${value} AS INTEGER) ${test.operator} ${param(writer, test.value)} AND ${value} NOT GLOB '*[^0-9]*' AND length(${value}) BETWEEN 1 AND 15)`
    case 'instant':
      return `${value} ${test.side === 'before' ? '<' : '>='} ${param(writer, test.bound)}`
    case 'boolean':
      return `${value} = ${test.value ? 1 : 0}`
    default:
      throw new TypeError('writeScalar: unexpected test')
  }
}

/** The test itself, asked only of candidates where there are such. */
function amongCandidates(
  [path, test]: readonly [string, TextTest],
  writer: Writer,
  exact: () => string,
): string {
  const found = test.operator === 'in' ? writer.options.candidates?.(path, test.values) : undefined
  if (!found) return exact()
  writer.params.push(...found.values)
  return `(${found.sql} AND ${exact()})`
}

function writeText(text: string, test: TextTest, writer: Writer): string {
  switch (test.operator) {
    case 'in':
      return test.values.length === 1
        ? `${text} = ${param(writer, test.values[0] ?? '')}`
        : `${text} IN (${test.values.map((value) => param(writer, value)).join(', ')})`
    case '~':
      return `instr(${text}, ${param(writer, test.value)}) > 0`
    case '^=':
      return writePrefix(text, test.value, writer)
    case '$=':
      return writeSuffix(text, test.value, writer)
    default:
      return `${text} ${test.operator} ${param(writer, test.value)}`
  }
}

function writePrefix(text: string, prefix: string, writer: Writer): string {
  const end = afterPrefix(prefix)
  const from = `${text} >= ${param(writer, prefix)}`
  return end === undefined ? from : `(${from} AND ${text} < ${param(writer, end)})`
}

/** Compares bytes: `substr` of a text counts only up to a NUL character. */
function writeSuffix(text: string, suffix: string, writer: Writer): string {
  if (suffix === '') return `${text} IS NOT NULL`
  const length = Buffer.byteLength(suffix)
  return `substr(CAST(${text} AS BLOB), -${length}) = CAST(${param(writer, suffix)} AS BLOB)`
}

function writeAny(list: ListShape, test: TextTest | undefined, writer: Writer): string {
  return test && list.shape !== 'attributes'
    ? amongCandidates([list.path, test], writer, () => writeEach(list, test, writer))
    : writeEach(list, test, writer)
}

function writeEach(list: ListShape, test: TextTest | undefined, writer: Writer): string {
  const guards = prefilter(list, test, writer)
  const found = `EXISTS (SELECT 1 FROM ${writeElements(list, test, writer)})`
  return guards === undefined ? found : `(${guards} AND ${found})`
}

/** What stands in the text of a name as it is, and joins with nothing beside it. */
const NEVER_ESCAPED = /^[\w.*@/:()-]+$/

/** A cheap test that holds for every row that fits, and for few others. */
function prefilter(list: ListShape, test: TextTest | undefined, writer: Writer): string | undefined {
  const text = writer.options.listText?.(list.path)
  if (text === undefined || !test) return undefined
  const values = test.operator === 'in' ? test.values : [test.value]
  if (values.length !== 1 || !['in', '~', '^=', '$='].includes(test.operator)) return undefined
  if (list.shape === 'attributes' && !NEVER_ESCAPED.test(values[0] ?? '')) return undefined
  return `instr(${text}, ${param(writer, values[0] ?? '')}) > 0`
}

function writeElements(list: ListShape, test: TextTest | undefined, writer: Writer): string {
  const from = `json_each(${writer.options.row ?? 'row'}, '$.${list.path}') q_e`
  const check = (text: string): string => (test ? ` AND ${writeText(`casefold(${text})`, test, writer)}` : '')
  if (list.shape === 'texts') return `${from} WHERE q_e.type = 'text'${check('q_e.atom')}`
  const source = list.shape === 'attributes' ? `${from}, json_each(q_e.value) q_a` : from
  const member = list.shape === 'attributes' ? 'q_a.value' : 'q_e.value'
  const kind = list.shape === 'attributes' ? list.attribute : list.type
  const wanted = kind === undefined ? '' : ` AND json_extract(${member}, '$.type') = ${param(writer, kind)}`
  return `${source} WHERE json_type(${member}, '$.value') = 'text'${wanted}${check(`json_extract(${member}, '$.value')`)}`
}

function param(writer: Writer, value: SqlParam): string {
  writer.params.push(value)
  return '?'
}
