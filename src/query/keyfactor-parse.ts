import type { Filter, FilterOperator } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { filterFault, quoted } from './fault.ts'
import { findField } from './fields.ts'
import { keyfactorField, keyfactorFieldNames, type KeyfactorKind } from './keyfactor-fields.ts'
import { keyfactorWords, unexpectedWord, type KeyfactorWord } from './keyfactor-words.ts'
import { didYouMean } from './near.ts'
import { comparison } from './values.ts'

/** Brackets inside each other. */
const MAX_DEPTH = 50

const OPERATORS: Readonly<Record<string, readonly [operator: FilterOperator, negated: boolean]>> = {
  '-eq': ['=', false],
  '-ne': ['!=', false],
  '-lt': ['<', false],
  '-le': ['<=', false],
  '-gt': ['>', false],
  '-ge': ['>=', false],
  '-contains': ['~', false],
  '-notcontains': ['~', true],
  '-startswith': ['^=', false],
  '-endswith': ['$=', false],
}

const NOTHING: Filter = { op: 'not', term: { op: 'all' } }

/**
 * Parses a query of Keyfactor Command (`IssuedCN -contains "web" AND NOT (CertState -eq 2)`); field names, operators
 * and connectives in any letter case. Blank text is everything.
 *
 * @throws {CertmanError} `filter.invalid` with the column and a caret line
 */
export function parseKeyfactorQuery(text: string, kind: KeyfactorKind = 'certificate'): Filter {
  const words = keyfactorWords(text)
  if (words.length === 0) return { op: 'all' }
  const parser = new Parser(text, words, kind)
  const filter = parser.or(0)
  parser.end()
  return filter
}

class Parser {
  readonly #text: string
  readonly #words: readonly KeyfactorWord[]
  readonly #kind: KeyfactorKind
  #next = 0

  constructor(text: string, words: readonly KeyfactorWord[], kind: KeyfactorKind) {
    this.#text = text
    this.#words = words
    this.#kind = kind
  }

  end(): void {
    if (this.#next < this.#words.length)
      throw unexpectedWord(this.#text, this.#words[this.#next], 'AND or OR')
  }

  or(depth: number): Filter {
    return this.#chain('or', () => this.#chain('and', () => this.#term(depth)))
  }

  #chain(op: 'and' | 'or', parse: () => Filter): Filter {
    const first = parse()
    const terms = [first]
    while (this.#takeWord(op) || this.#takeOperator(`-${op}`)) terms.push(parse())
    return terms.length === 1 ? first : { op, terms }
  }

  #term(depth: number): Filter {
    const at = this.#words[this.#next]?.at ?? this.#text.length
    if (depth > MAX_DEPTH)
      throw filterFault({ text: this.#text, at, message: `more than ${MAX_DEPTH} brackets` })
    if (this.#takeWord('not') || this.#takeOperator('-not')) return { op: 'not', term: this.#term(depth + 1) }
    if (!this.#takeBracket('(')) return this.#comparison()
    const inner = this.or(depth + 1)
    if (this.#takeBracket(')')) return inner
    throw unexpectedWord(this.#text, this.#words[this.#next], 'a closing bracket')
  }

  #comparison(): Filter {
    const name = this.#words[this.#next++]
    if (name?.kind !== 'word') throw unexpectedWord(this.#text, name, 'a field')
    const meaning = keyfactorField(this.#kind, name.text)
    if (!meaning) throw this.#unknown(name)
    const word = this.#words[this.#next++]
    const operator = word?.kind === 'operator' ? OPERATORS[word.text] : undefined
    if (!word || !operator) throw unexpectedWord(this.#text, word, 'an operator such as -eq')
    const value = this.#words[this.#next++]
    if (value === undefined || (value.kind !== 'word' && value.kind !== 'text'))
      throw unexpectedWord(this.#text, value, 'a value')
    const [by, negated] = operator
    const filter =
      'codes' in meaning
        ? this.#coded(meaning.codes, by, value)
        : this.#compared(meaning, by, { value, operator: word })
    return negated ? { op: 'not', term: filter } : filter
  }

  #compared(
    meaning: { readonly field: string; readonly dn?: true },
    operator: FilterOperator,
    { value, operator: word }: { readonly value: KeyfactorWord; readonly operator: KeyfactorWord },
  ): Filter {
    const spec = findField(this.#kind satisfies RecordKind, meaning.field)
    if (!spec) throw new TypeError(`keyfactor: no field ${meaning.field}`)
    const text = meaning.dn ? tightName(value.text) : (today(value.text) ?? value.text)
    const filter = comparison(spec, operator, { text, quoted: value.kind === 'text' })
    if (!('refused' in filter)) return filter
    const at = spec.type === 'instant' || spec.type === 'number' ? value.at : word.at
    throw filterFault({ text: this.#text, at, message: filter.refused, advice: filter.advice })
  }

  #coded(codes: Readonly<Record<string, Filter>>, operator: FilterOperator, value: KeyfactorWord): Filter {
    if (operator !== '=' && operator !== '!=')
      throw filterFault({
        text: this.#text,
        at: value.at,
        message: 'a code is compared with -eq or -ne',
      })
    const isNull = value.kind === 'word' && value.text.toLowerCase() === 'null'
    const any: Filter = { op: 'or', terms: Object.values(codes) }
    const found: Filter = isNull ? { op: 'not', term: any } : (codes[value.text.trim()] ?? NOTHING)
    return operator === '=' ? found : { op: 'not', term: found }
  }

  #unknown(name: KeyfactorWord): Error {
    const advice = didYouMean(name.text, keyfactorFieldNames(this.#kind))
    const message = `unknown field ${quoted(name.text)}`
    return filterFault({ text: this.#text, at: name.at, message, ...(advice !== undefined && { advice }) })
  }

  #takeWord(text: string): boolean {
    return this.#take('word', text)
  }

  #takeOperator(text: string): boolean {
    return this.#take('operator', text)
  }

  #takeBracket(text: '(' | ')'): boolean {
    return this.#take('bracket', text)
  }

  #take(kind: KeyfactorWord['kind'], text: string): boolean {
    const word = this.#words[this.#next]
    if (word?.kind !== kind || word.text.toLowerCase() !== text) return false
    this.#next++
    return true
  }
}

/** Names come with and without a blank after the comma, by route and release; ours have none. */
const tightName = (text: string): string => text.replace(/(?<!\\), +(?=[A-Za-z0-9.]+=)/g, ',')

/** `%TODAY-30%`: days counted from now. */
function today(text: string): string | undefined {
  const match = /^%TODAY(?:([+-])(\d{1,5}))?%$/i.exec(text)
  return match ? `${match[1] === '-' ? '-' : ''}${match[2] ?? '0'}d` : undefined
}
