import { type Filter, NOTHING } from '../domain/filter.ts'
import { filterFault, quoted } from './fault.ts'
import { didYouMean } from './near.ts'
import { called, compared, conditionOf, FUNCTIONS, type Operand, type OrderBy } from './odata-terms.ts'
import { odataWords, type ODataWord } from './odata-words.ts'
import type { Refused } from './values.ts'

/** Brackets, calls and negations inside each other. */
const MAX_DEPTH = 64

const OPERATORS = { eq: '=', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const

/** What the fields of a certificate entity are in a filter; `id` (classic) and `name` (ARM) are the same thing. */
const FIELDS = {
  id: { field: 'name', type: 'id' },
  name: { field: 'name', type: 'id' },
  subject: { field: 'subject', type: 'text' },
  thumbprint: { field: 'thumbprint', type: 'hex' },
  expirationDate: { field: 'notAfter', type: 'instant' },
} as const

/**
 * Parses the `$filter` of Azure API Management for certificates: both generations of OData, as far as the vendor documents
 * it. Blank text is everything. The result speaks of the vendor's own entity: `name` is the last part of its id, `subject`
 * its text as .NET writes it, `thumbprint` and `notAfter` are what they are elsewhere. Text compares without case.
 *
 * @throws {CertmanError} `filter.invalid` with the column and a caret line
 */
export function parseODataFilter(text: string): Filter {
  const words = odataWords(text)
  if (words.length === 0) return { op: 'all' }
  const parser = new Parser(text, words)
  const whole = parser.or(0)
  parser.end()
  return parser.condition(whole)
}

class Parser {
  readonly #text: string
  readonly #words: readonly ODataWord[]
  #next = 0

  constructor(text: string, words: readonly ODataWord[]) {
    this.#text = text
    this.#words = words
  }

  end(): void {
    if (this.#next < this.#words.length) throw this.#unexpected('the end, and or or')
  }

  or(depth: number): Operand {
    return this.#chain('or', () => this.#chain('and', () => this.#relation(depth)))
  }

  condition(operand: Operand): Filter {
    return this.#settled(conditionOf(operand), operand.at)
  }

  #chain(op: 'and' | 'or', parse: () => Operand): Operand {
    const first = parse()
    if (!this.#isNext('name', op)) return first
    const terms = [this.condition(first)]
    while (this.#take('name', op)) terms.push(this.condition(parse()))
    return { kind: 'condition', filter: { op, terms }, at: first.at }
  }

  #relation(depth: number): Operand {
    const left = this.#unary(depth)
    const operator = this.#takeOperator()
    if (operator === undefined) return left
    const right = this.#unary(depth)
    const filter = this.#settled(compared(left, operator, right), left.at)
    if (this.#peekOperator() !== undefined) throw this.#unexpected('and or or')
    return { kind: 'condition', filter, at: left.at }
  }

  #unary(depth: number): Operand {
    const { at } = this
    if (depth > MAX_DEPTH)
      throw filterFault({ text: this.#text, at, message: `nested deeper than ${MAX_DEPTH} levels` })
    if (!this.#take('name', 'not')) return this.#primary(depth)
    // it binds tighter than any comparison: `not subject eq 'x'` negates a text
    const term = this.condition(this.#unary(depth + 1))
    return { kind: 'condition', filter: { op: 'not', term }, at }
  }

  #primary(depth: number): Operand {
    if (this.#take('mark', '(')) {
      const inner = this.or(depth + 1)
      if (this.#take('mark', ')')) return inner
      throw this.#unexpected('a closing bracket')
    }
    const word = this.#words[this.#next]
    if (word === undefined || word.kind === 'mark') throw this.#unexpected('a field, a literal or a function')
    this.#next++
    if (word.kind === 'name') return this.#named(word.value, word.at, depth)
    return { kind: word.kind, value: word.value, at: word.at }
  }

  #named(name: string, at: number, depth: number): Operand {
    if (name === 'true' || name === 'false')
      return { kind: 'condition', filter: name === 'true' ? { op: 'all' } : NOTHING, isLiteral: true, at }
    if (name === 'null') return { kind: 'null', at }
    if (this.#isNext('mark', '(')) return this.#call(name, at, depth)
    if (Object.hasOwn(FIELDS, name)) return { kind: 'field', ...FIELDS[name as keyof typeof FIELDS], at }
    throw this.#unknown('field', { name, at }, Object.keys(FIELDS))
  }

  #call(name: string, at: number, depth: number): Operand {
    if (!Object.hasOwn(FUNCTIONS, name)) throw this.#unknown('function', { name, at }, Object.keys(FUNCTIONS))
    this.#take('mark', '(')
    const first = this.or(depth + 1)
    if (!this.#take('mark', ',')) throw this.#unexpected('a comma')
    const second = this.or(depth + 1)
    if (!this.#take('mark', ')')) throw this.#unexpected('a closing bracket')
    const by = FUNCTIONS[name as keyof typeof FUNCTIONS]
    return { kind: 'condition', filter: this.#settled(called(by, first, second), at), at }
  }

  #settled(result: Filter | Refused, at: number): Filter {
    if (!('refused' in result)) return result
    throw filterFault({ text: this.#text, at, message: result.refused, advice: result.advice })
  }

  get at(): number {
    return this.#words[this.#next]?.at ?? this.#text.length
  }

  #isNext(kind: ODataWord['kind'], value: string): boolean {
    const next = this.#words[this.#next]
    return next?.kind === kind && next.value === value
  }

  #take(kind: ODataWord['kind'], value: string): boolean {
    const isNext = this.#isNext(kind, value)
    if (isNext) this.#next++
    return isNext
  }

  #peekOperator(): OrderBy | undefined {
    const next = this.#words[this.#next]
    return next?.kind === 'name' && Object.hasOwn(OPERATORS, next.value)
      ? OPERATORS[next.value as keyof typeof OPERATORS]
      : undefined
  }

  #takeOperator(): OrderBy | undefined {
    const operator = this.#peekOperator()
    if (operator !== undefined) this.#next++
    return operator
  }

  #unexpected(wanted: string): Error {
    const word = this.#words[this.#next]
    const found = word === undefined ? 'the filter ends' : `${quoted(word.value)} stands`
    return filterFault({ text: this.#text, at: this.at, message: `${found} where ${wanted} is expected` })
  }

  #unknown(what: string, { name, at }: { name: string; at: number }, known: readonly string[]): Error {
    const advice = didYouMean(name, known) ?? `there are: ${known.join(', ')}`
    return filterFault({ text: this.#text, at, message: `unknown ${what} ${quoted(name)}`, advice })
  }
}
