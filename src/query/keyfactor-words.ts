import type { FilterOperator } from '../domain/filter.ts'
import { filterFault, quoted } from './fault.ts'

/** Our operators as Keyfactor writes them. */
export const OPERATOR_WORDS: Readonly<Record<FilterOperator, string>> = {
  '=': '-eq',
  '!=': '-ne',
  '<': '-lt',
  '<=': '-le',
  '>': '-gt',
  '>=': '-ge',
  '~': '-contains',
  '^=': '-startswith',
  '$=': '-endswith',
}

/** One word of a query: a string, a number or name, an operator, a bracket. */
export interface KeyfactorWord {
  readonly kind: 'text' | 'word' | 'operator' | 'bracket'
  readonly text: string
  readonly at: number
}

/** Words of one query; far above any honest one. */
const MAX_WORDS = 5_000

const WORD = /\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|(-[A-Za-z]+)(?![\w.])|([()])|([^\s()"']+))/y

/**
 * Splits a query into words. A quotation mark inside a string is written twice.
 *
 * @throws {CertmanError} `filter.invalid` with the column
 */
export function keyfactorWords(text: string): readonly KeyfactorWord[] {
  const words: KeyfactorWord[] = []
  const end = text.trimEnd().length
  WORD.lastIndex = 0
  while (WORD.lastIndex < end) {
    const from = WORD.lastIndex
    const match = WORD.exec(text)
    if (!match) {
      const at = from + text.slice(from).search(/\S/)
      throw filterFault({ text, at, message: 'a quotation mark is not closed' })
    }
    if (words.length >= MAX_WORDS)
      throw filterFault({ text, at: from, message: `more than ${MAX_WORDS} words` })
    words.push(wordOf(match, from))
  }
  return words
}

function wordOf(match: RegExpExecArray, from: number): KeyfactorWord {
  const [whole, double, single, operator, bracket, word] = match
  const at = from + whole.search(/\S/)
  if (double !== undefined) return { kind: 'text', text: double.replaceAll('""', '"'), at }
  if (single !== undefined) return { kind: 'text', text: single.replaceAll("''", "'"), at }
  if (operator !== undefined) return { kind: 'operator', text: operator.toLowerCase(), at }
  return bracket === undefined
    ? { kind: 'word', text: word ?? '', at }
    : { kind: 'bracket', text: bracket, at }
}

/** The `filter.invalid` for a word that cannot stand where it does, or for the end of the text. */
export function unexpectedWord(text: string, word: KeyfactorWord | undefined, wanted: string): Error {
  const message = word ? `${wanted} is expected instead of ${quoted(word.text)}` : `${wanted} is missing`
  return filterFault({ text, at: word?.at ?? text.length, message, advice: ADVICE })
}

const ADVICE = 'a query looks like: IssuedCN -contains "example" AND CertState -eq 1'
