import { CertmanError } from '../base/errors.ts'

/** Where in a typed text something is wrong, and what. */
export interface Fault {
  readonly text: string
  /** Offset in UTF-16 units; the column that is reported counts characters from 1. */
  readonly at: number
  readonly message: string
  /** One sentence before the caret lines. */
  readonly advice?: string | undefined
  /** What the text is; default `filter`. */
  readonly what?: 'filter' | 'sort'
}

/** Characters kept on each side of the caret. */
const WINDOW = 60

/**
 * A `filter.invalid` error: the message names the column, the hint shows the text with a caret under it.
 * Control and format characters of the text are shown as `·`, so that the caret stays in its column.
 */
export function filterFault(fault: Fault): CertmanError {
  const what = fault.what ?? 'filter'
  const before = Array.from(fault.text.slice(0, fault.at))
  const after = Array.from(fault.text.slice(fault.at))
  const left = before.slice(-WINDOW)
  const lead = before.length > left.length ? '…' : ''
  const tail = after.length > WINDOW ? '…' : ''
  const shown = [...left, ...after.slice(0, WINDOW)].map(visible).join('')
  const caret = `${' '.repeat(lead.length + left.length)}^`
  const lines = [`  ${lead}${shown}${tail}`, `  ${caret}`]
  return new CertmanError(
    'filter.invalid',
    `${fault.message} at column ${before.length + 1} of the ${what}`,
    {
      hint: [fault.advice ?? 'the language is explained in: certman help filter', ...lines].join('\n'),
      field: what,
    },
  )
}

/** One word of a filter for a message: quoted, cut to 40 characters, nothing invisible. */
export function quoted(word: string): string {
  const chars = Array.from(word)
  const cut = chars.length > 40 ? [...chars.slice(0, 40), '…'] : chars
  return `"${cut.map(visible).join('')}"`
}

function visible(char: string): string {
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(char) ? '·' : char
}
