import { PLAIN } from './safe.ts'

// patterns with properties of Unicode take V8 a millisecond to parse: not before a text needs them

/** Drawn over the character before them: no column of their own. */
const combining = (): RegExp => /[\p{Mn}\p{Me}\u1160-\u11ff]/u

/** Two columns: East Asian wide and fullwidth (UAX 11), and what is drawn as an emoji. */
const wide = (): RegExp =>
  /[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u

function charWidth(char: string): number {
  if (PLAIN.test(char)) return 1
  if (combining().test(char)) return 0
  return wide().test(char) ? 2 : 1
}

/** Columns that a text without control characters takes on a terminal. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const char of text) width += charWidth(char)
  return width
}

/** The text cut to `width` columns, with an ellipsis in the last one when something is missing. */
export function cut(text: string, width: number): string {
  // no character takes more than one unit per column away, so a short text needs no measuring
  if (PLAIN.test(text)) return text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`
  if (displayWidth(text) <= width) return text
  return `${take(text, width - 1)}…`
}

/** As much of the beginning as fits into `width` columns; marks stay with their character. */
function take(text: string, width: number): string {
  let used = 0
  let taken = ''
  for (const char of text) {
    used += charWidth(char)
    if (used > width) break
    taken += char
  }
  return taken
}

/** Filled up with blanks to `width` columns. */
export const pad = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(width - displayWidth(text), 0))

/**
 * Lines of at most `width` columns: broken at blanks and after `,;/:` where one is near, else anywhere.
 * Nothing is dropped but the blank at a break.
 */
export function wrap(text: string, width: number): string[] {
  const limit = Math.max(width, 8)
  const lines: string[] = []
  let rest = text
  // what is far longer than a line is not measured to its end for each
  while (rest.length > 4 * limit || displayWidth(rest) > limit) {
    const line = take(rest, limit)
    if (line === rest) break
    const at = breakAt(line, rest[line.length])
    lines.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).trimStart()
  }
  return [...lines, rest]
}

/** Where to break: after the last blank or separator in the second half of the line, else at its end. */
function breakAt(line: string, next: string | undefined): number {
  if (next === ' ') return line.length
  for (const separator of [/ /, /[,;/:]/])
    for (let at = line.length; at > line.length / 2; at--) if (separator.test(line[at - 1] ?? '')) return at
  return line.length
}
