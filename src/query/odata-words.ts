import { filterFault } from './fault.ts'

/** One word of a `$filter`: a literal, a name or keyword, a bracket or comma. */
export type ODataWord = { readonly at: number } & (
  | { readonly kind: 'text'; readonly value: string }
  /** RFC 3339 UTC with milliseconds. */
  | { readonly kind: 'instant'; readonly value: string }
  | { readonly kind: 'name' | 'mark'; readonly value: string }
)

/** Longer filters are no honest ones; the vendor's own travel in a URL of at most 2 KiB. */
const MAX_LENGTH = 2048

const STRING = String.raw`'((?:[^']|'')*)'`
const BARE_INSTANT = String.raw`(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d))`
const WORD = new RegExp(
  String.raw`\s*(?:(datetimeoffset|datetime)${STRING}|${STRING}|${BARE_INSTANT}|([A-Za-z_]\w*)|([(),]))`,
  'y',
)

/**
 * Splits a `$filter` into words. Literals of both generations are known: `datetime'…'` and `datetimeoffset'…'` of OData 3,
 * bare instants of OData 4. A quote inside a string is written twice.
 *
 * @throws {CertmanError} `filter.invalid` with the column
 */
export function odataWords(text: string): readonly ODataWord[] {
  if (text.length > MAX_LENGTH)
    throw filterFault({ text, at: MAX_LENGTH, message: `more than ${MAX_LENGTH} characters` })
  const words: ODataWord[] = []
  const end = text.trimEnd().length
  WORD.lastIndex = 0
  while (WORD.lastIndex < end) {
    const from = WORD.lastIndex
    const at = from + text.slice(from).search(/\S/)
    const match = WORD.exec(text)
    if (!match) throw unreadable(text, at)
    words.push(wordOf(match, { text, at }))
  }
  return words
}

interface Spot {
  readonly text: string
  readonly at: number
}

function wordOf([, v3, v3Value, string, bare, name, mark]: RegExpExecArray, spot: Spot): ODataWord {
  const { at } = spot
  if (v3 !== undefined) return { kind: 'instant', value: v3Instant(v3, v3Value!, spot), at }
  if (string !== undefined) return { kind: 'text', value: string.replaceAll("''", "'"), at }
  if (bare !== undefined) return { kind: 'instant', value: instantOf(bare, spot), at }
  if (name !== undefined) return { kind: 'name', value: name, at }
  return { kind: 'mark', value: mark!, at }
}

const V3 = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?)?(Z|[+-]\d\d:\d\d)?$/

/** No zone means UTC; `datetimeoffset` must have one. */
function v3Instant(type: string, value: string, spot: Spot): string {
  const match = V3.exec(value)
  if (!match || (type === 'datetimeoffset' && match[1] === undefined)) throw noInstant(spot)
  return instantOf(match[1] === undefined && value.includes('T') ? `${value}Z` : value, spot)
}

function instantOf(value: string, spot: Spot): string {
  // more digits than milliseconds have say nothing that a certificate could
  const time = Date.parse(value.replace(/(\.\d{3})\d+/, '$1'))
  if (Number.isNaN(time)) throw noInstant(spot)
  return new Date(time).toISOString()
}

const INSTANTS = "write 2016-08-21T21:10:42Z or datetime'2016-08-21T21:10:42'"

const noInstant = ({ text, at }: Spot): Error =>
  filterFault({ text, at, message: 'a date that is none', advice: INSTANTS })

function unreadable(text: string, at: number): Error {
  const char = text[at]
  if (char === "'" || char === '"') {
    const message = char === '"' ? 'a double quote' : 'a quote is opened and never closed'
    return filterFault({ text, at, message, advice: "texts stand in single quotes: 'CN=web'" })
  }
  if (/^-?\d/.test(text.slice(at, at + 2)))
    return filterFault({
      text,
      at,
      message: 'a number, or a date without its zone',
      advice: `texts stand in single quotes; ${INSTANTS}`,
    })
  return filterFault({ text, at, message: 'something that is no word of a filter' })
}
