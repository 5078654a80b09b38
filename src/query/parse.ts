import { compare, type Filter, type FilterValue } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import type { FieldSpec } from './field-spec.ts'
import { quoted } from './fault.ts'
import { fieldNames, findField } from './fields.ts'
import { didYouMean } from './near.ts'
import { type OperatorText, Scanner, type Word } from './scanner.ts'
import { comparison } from './values.ts'

/** Brackets and `not` inside each other; far above any honest filter, far below the stack and SQLite's limit. */
const MAX_DEPTH = 50
/** Comparisons and list values in one filter. */
const MAX_TERMS = 1_000

interface Parsing {
  readonly scanner: Scanner
  readonly kind: RecordKind
  terms: number
}

/**
 * Parses our filter language (DESIGN section 6, `docs/filter.md`). Field names come out as the catalogue spells
 * them; a day or month (`2027-01-31`) comes out as a range; blank text is "everything".
 *
 * @throws {CertmanError} `filter.invalid` with the column and a caret line
 */
export function parseFilter(text: string, kind: RecordKind): Filter {
  const parsing: Parsing = { scanner: new Scanner(text), kind, terms: 0 }
  const { scanner } = parsing
  if (scanner.atEnd) return { op: 'all' }
  const filter = parseOr(parsing, 0)
  if (!scanner.atEnd) throw unexpected(scanner)
  return filter
}

function unexpected(scanner: Scanner): Error {
  const at = scanner.at
  if (scanner.take(')')) return scanner.fault(at, 'a bracket is closed that was never opened')
  const word = scanner.peekWord()
  const advice = 'join comparisons with and, or; put a value with blanks between quotes'
  return scanner.fault(at, `unexpected ${quoted(word ?? scanner.text[at] ?? '')}`, advice)
}

/** `and` binds tighter than `or`. */
function parseOr(parsing: Parsing, depth: number): Filter {
  return parseChain('or', parsing, () => parseChain('and', parsing, () => parseNot(parsing, depth)))
}

function parseChain(op: 'and' | 'or', { scanner }: Parsing, parse: () => Filter): Filter {
  const first = parse()
  const terms = [first]
  while (scanner.takeKeyword(op)) terms.push(parse())
  return terms.length === 1 ? first : { op, terms }
}

function parseNot(parsing: Parsing, depth: number): Filter {
  const { scanner } = parsing
  const at = scanner.at
  if (depth > MAX_DEPTH) throw scanner.fault(at, `more than ${MAX_DEPTH} brackets inside each other`)
  if (scanner.takeKeyword('not')) return { op: 'not', term: parseNot(parsing, depth + 1) }
  if (!scanner.take('(')) return parseComparison(parsing)
  const inner = parseOr(parsing, depth + 1)
  if (!scanner.take(')')) {
    if (!scanner.atEnd) throw unexpected(scanner)
    throw scanner.fault(at, 'a bracket is opened and never closed', 'close it with )')
  }
  return inner
}

function parseComparison(parsing: Parsing): Filter {
  const { scanner, kind } = parsing
  const word = scanner.field()
  const spec = findField(kind, word.text)
  if (!spec) throw unknownField(parsing, word)
  const operator = scanner.operator()
  if (operator) return compared(parsing, { spec, operator, word: scanner.value(false) })
  const negated = scanner.takeKeyword('not')
  if (scanner.takeKeyword('in')) {
    const list = parseList(parsing, spec)
    return negated ? { op: 'not', term: list } : list
  }
  // a boolean field alone says "is true": `hasKey and not encrypted`
  if (spec.type === 'boolean' && !negated) return compare(spec.name, '=', { type: 'boolean', value: true })
  throw scanner.fault(
    scanner.at,
    `an operator is expected after ${quoted(word.text)}`,
    'one of = != < <= > >= ~ ^= $= in',
  )
}

function unknownField({ scanner, kind }: Parsing, word: Word): Error {
  const advice = didYouMean(word.text, fieldNames(kind))
  return scanner.fault(word.at, `unknown field ${quoted(word.text)}`, advice)
}

function parseList(parsing: Parsing, spec: FieldSpec): Filter {
  const { scanner } = parsing
  const at = scanner.at
  if (!scanner.take('('))
    throw scanner.fault(at, 'a list in brackets is expected after in', 'such as: tag in (a, b)')
  const terms: Filter[] = []
  do terms.push(compared(parsing, { spec, operator: '=', word: scanner.value(true) }))
  while (scanner.take(','))
  if (!scanner.take(')')) throw scanner.fault(scanner.at, 'a comma or ) is expected in the list')
  const values = terms.map(plainValue)
  // a day is a range, so a list with days is a choice of ranges
  return values.every((value) => value !== undefined)
    ? { op: 'in', field: spec.name, values }
    : { op: 'or', terms }
}

function plainValue(term: Filter): FilterValue | undefined {
  return term.op === 'compare' && term.operator === '=' && term.value.type !== 'null' ? term.value : undefined
}

function compared(parsing: Parsing, typed: { spec: FieldSpec; operator: OperatorText; word: Word }): Filter {
  const { scanner } = parsing
  if (++parsing.terms > MAX_TERMS) throw scanner.fault(typed.word.at, `more than ${MAX_TERMS} comparisons`)
  const result = comparison(typed.spec, typed.operator, typed.word)
  if ('refused' in result) throw scanner.fault(typed.word.at, result.refused, result.advice)
  return result
}
