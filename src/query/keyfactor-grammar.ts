import type { FilterOperator } from '../domain/filter.ts'
import { filterFault } from './fault.ts'
import { keyfactorWords, OPERATOR_WORDS, unexpectedWord, type KeyfactorWord } from './keyfactor-words.ts'

/** Brackets inside each other. */
const MAX_DEPTH = 50

/** By the word: the operator, and whether what it says is turned round. */
const OPERATORS = new Map<string, readonly [operator: FilterOperator, negated: boolean]>([
  ...Object.entries(OPERATOR_WORDS).map(([ours, word]) => [word, [ours as FilterOperator, false]] as const),
  ['-notcontains', ['~', true]],
])

/** One comparison: `IssuedCN -contains "web"`. */
export interface KeyfactorComparison<F> {
  readonly field: F
  readonly operator: FilterOperator
  /** Operator and value as they stand in the query, for messages. */
  readonly words: { readonly operator: KeyfactorWord; readonly value: KeyfactorWord }
}

/** What is made of the parts of a query: `T` of each, `F` of the name of a field. */
export interface KeyfactorMaker<T, F> {
  /** Throws for a field that there is not. */
  readonly field: (name: KeyfactorWord) => F
  readonly compare: (comparison: KeyfactorComparison<F>) => T
  readonly not: (term: T) => T
  /** Two terms or more. */
  readonly join: (op: 'and' | 'or', terms: readonly T[]) => T
}

/**
 * Reads the grammar of Keyfactor's queries: comparisons, `AND`, `OR`, `NOT` and brackets, in any letter case.
 *
 * @returns undefined for a blank text
 * @throws {CertmanError} `filter.invalid` with the column and a caret line
 */
export function readKeyfactorQuery<T, F>(text: string, make: KeyfactorMaker<T, F>): T | undefined {
  const words = keyfactorWords(text)
  if (words.length === 0) return undefined
  const parser = new Parser(text, words, make)
  const whole = parser.or(0)
  parser.end()
  return whole
}

class Parser<T, F> {
  readonly #text: string
  readonly #words: readonly KeyfactorWord[]
  readonly #make: KeyfactorMaker<T, F>
  #next = 0

  constructor(text: string, words: readonly KeyfactorWord[], make: KeyfactorMaker<T, F>) {
    this.#text = text
    this.#words = words
    this.#make = make
  }

  end(): void {
    if (this.#next < this.#words.length)
      throw unexpectedWord(this.#text, this.#words[this.#next], 'AND or OR')
  }

  or(depth: number): T {
    return this.#chain('or', () => this.#chain('and', () => this.#term(depth)))
  }

  #chain(op: 'and' | 'or', parse: () => T): T {
    const first = parse()
    const terms = [first]
    while (this.#takeKeyword(op)) terms.push(parse())
    return terms.length === 1 ? first : this.#make.join(op, terms)
  }

  #term(depth: number): T {
    const at = this.#words[this.#next]?.at ?? this.#text.length
    if (depth > MAX_DEPTH)
      throw filterFault({ text: this.#text, at, message: `more than ${MAX_DEPTH} brackets` })
    if (this.#takeKeyword('not')) return this.#make.not(this.#term(depth + 1))
    if (!this.#take('bracket', '(')) return this.#comparison()
    const inner = this.or(depth + 1)
    if (this.#take('bracket', ')')) return inner
    throw unexpectedWord(this.#text, this.#words[this.#next], 'a closing bracket')
  }

  #comparison(): T {
    const name = this.#words[this.#next++]
    if (name?.kind !== 'word') throw unexpectedWord(this.#text, name, 'a field')
    const field = this.#make.field(name)
    const word = this.#words[this.#next++]
    const operator = word?.kind === 'operator' ? OPERATORS.get(word.text) : undefined
    if (!word || !operator) throw unexpectedWord(this.#text, word, 'an operator such as -eq')
    const value = this.#words[this.#next++]
    if (value === undefined || (value.kind !== 'word' && value.kind !== 'text'))
      throw unexpectedWord(this.#text, value, 'a value')
    const [by, negated] = operator
    const term = this.#make.compare({ field, operator: by, words: { operator: word, value } })
    return negated ? this.#make.not(term) : term
  }

  /** Both `AND` and `-and` are written. */
  #takeKeyword(text: 'and' | 'or' | 'not'): boolean {
    return this.#take('word', text) || this.#take('operator', `-${text}`)
  }

  #take(kind: KeyfactorWord['kind'], text: string): boolean {
    const word = this.#words[this.#next]
    if (word?.kind !== kind || word.text.toLowerCase() !== text) return false
    this.#next++
    return true
  }
}
