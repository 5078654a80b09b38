import { foldNameText, foldWholeName } from '../base/fold-name.ts'

/**
 * Text as comparisons see it: without case, composed (Unicode NFC). Upper case first, so that `ß` meets `SS`
 * and a final sigma meets the other two.
 */
export function casefold(text: string): string {
  // eslint-disable-next-line no-control-regex -- all of ASCII is meant, and its control characters are part of it
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase()
  return text.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')
}

/**
 * The order of code points, which is also the order of UTF-8 bytes and hence of SQLite's text; JavaScript's own
 * `<` orders UTF-16 units and puts emoji before U+E000.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  if (/[\ud800-\uffff]/.test(a) || /[\ud800-\uffff]/.test(b))
    return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : 1
}

/**
 * The least text that is greater than every text with this prefix; undefined when there is none. Turns "starts
 * with" into a range, which an index can answer.
 */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (char) => char.codePointAt(0) ?? 0)
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last >= 0x10ffff) continue
    const next = last + 1 >= 0xd800 && last + 1 <= 0xdfff ? 0xe000 : last + 1
    return String.fromCodePoint(...points, next)
  }
  return undefined
}

/** The same, which remembers its last answer: neighbours in a store often have the same issuer. */
function rememberingOne(fold: (text: string) => string): (text: string) => string {
  let last = { text: '', folded: fold('') }
  return (text) => {
    if (text !== last.text) last = { text, folded: fold(text) }
    return last.folded
  }
}

const wholeName = rememberingOne(foldWholeName)

/**
 * The functions that SQL made by `toSql` and `orderBy` calls, and the comparison of names. Register each with the database
 * (`db.function(name, { deterministic: true }, call)`); `null` stays `null`.
 */
export const SQL_FUNCTIONS: Readonly<Record<string, (value: unknown) => string | null>> = {
  casefold: (value) => (typeof value === 'string' ? casefold(value) : null),
  wholename: (value) => (typeof value === 'string' ? wholeName(value) : null),
  foldname: (value) => (typeof value === 'string' ? foldNameText(value) : null),
}
