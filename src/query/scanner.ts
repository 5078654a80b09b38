import { filterFault } from './fault.ts'

const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', '~', '^=', '$='] as const
export type OperatorText = (typeof OPERATORS)[number]

/** What people write from other languages, and what it is here. */
const FOREIGN: Readonly<Record<string, string>> = {
  '==': 'equality is written =',
  '===': 'equality is written =',
  '<>': 'inequality is written !=',
  '=~': 'contains is written ~',
  '!~': 'write: not FIELD ~ VALUE',
  '=<': 'at most is written <=',
  '=>': 'at least is written >=',
  '^': 'starts with is written ^=',
  $: 'ends with is written $=',
}

/** One piece of a filter with the place where it starts. */
export interface Word {
  readonly text: string
  readonly at: number
  readonly quoted: boolean
}

/**
 * Reads a filter piece by piece. What a piece may contain depends on where it stands: a field name ends at an
 * operator, a value only at a blank or a bracket, so that `subject ~ CN=web` needs no quotes.
 */
export class Scanner {
  readonly text: string
  #at = 0

  constructor(text: string) {
    this.text = text
  }

  /** Offset of the next piece. */
  get at(): number {
    while (this.#at < this.text.length && /\s/.test(this.text[this.#at] ?? '')) this.#at++
    return this.#at
  }

  get atEnd(): boolean {
    return this.at >= this.text.length
  }

  /** Takes one punctuation character if it comes next. */
  take(char: '(' | ')' | ','): boolean {
    if (this.text[this.at] !== char) return false
    this.#at++
    return true
  }

  /** The next bare word, not taken; undefined when something else comes. */
  peekWord(): string | undefined {
    const match = /^[^\s(),'"=!<>~^$]+/.exec(this.text.slice(this.at, this.at + 300))
    return match?.[0]
  }

  /** Takes the word if it comes next, in any letter case. */
  takeKeyword(keyword: string): boolean {
    if (this.peekWord()?.toLowerCase() !== keyword) return false
    this.#at = this.at + keyword.length
    return true
  }

  /** A field name. */
  field(): Word {
    const at = this.at
    const text = this.peekWord()
    if (text === undefined) {
      const found = this.atEnd ? 'a comparison is missing' : `a field name is expected, not ${this.#here()}`
      throw this.fault(at, found, 'write a comparison such as: expires < 30d')
    }
    this.#at = at + text.length
    return { text, at, quoted: false }
  }

  /** An operator, or undefined when none comes. */
  operator(): OperatorText | undefined {
    const at = this.at
    const run = /^[=!<>~^$]+/.exec(this.text.slice(at, at + 8))?.[0]
    if (run === undefined) return undefined
    const found = OPERATORS.find((operator) => operator === run)
    if (!found)
      throw this.fault(at, `unknown operator "${run}"`, FOREIGN[run] ?? `operators: ${OPERATORS.join(' ')}`)
    this.#at = at + run.length
    return found
  }

  /** A value, quoted or bare; inside a list a comma ends it too. */
  value(insideList: boolean): Word {
    const at = this.at
    const first = this.text[at]
    if (first === '"' || first === "'") return this.#quotedValue(at, first)
    const bare = insideList ? /[^\s(),'"]+/y : /[^\s()'"]+/y
    bare.lastIndex = at
    const text = bare.exec(this.text)?.[0]
    if (text === undefined) {
      const found = this.atEnd ? 'a value is missing' : `a value is expected, not ${this.#here()}`
      throw this.fault(at, found, 'put a value with blanks, brackets or quotes between quotes')
    }
    this.#at = at + text.length
    return { text, at, quoted: false }
  }

  fault(at: number, message: string, advice?: string): Error {
    return filterFault({ text: this.text, at, message, advice })
  }

  /** A quoted value; the same quote doubled, or after a backslash, stands for itself. */
  #quotedValue(at: number, quote: string): Word {
    let text = ''
    for (let i = at + 1; i < this.text.length; i++) {
      const char = this.text[i] ?? ''
      const next = this.text[i + 1]
      if ((char === '\\' && (next === quote || next === '\\')) || (char === quote && next === quote)) {
        text += next
        i++
      } else if (char === quote) {
        this.#at = i + 1
        return { text, at, quoted: true }
      } else text += char
    }
    throw this.fault(at, 'a quote is opened and never closed', `close it with ${quote}`)
  }

  #here(): string {
    return JSON.stringify(this.text[this.at] ?? '')
  }
}
