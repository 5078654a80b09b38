import type { Json } from '../../src/base/json.ts'
import { cellText } from './cells.ts'
import { safeText } from './safe.ts'

/**
 * One record (RFC 4180): CRLF, quotes where needed. Lists are joined by `; `.
 *
 * A text that a spreadsheet would run as a formula (it begins with `= + - @`, a tab or a carriage return) gets an
 * apostrophe in front, because the names in certificates are written by strangers. Numbers are left as they are.
 *
 * @param forTerminal what a terminal must not see is escaped, line ends inside of values too
 */
export function csvLine(values: readonly (Json | undefined)[], forTerminal = false): string {
  const line = values.map(csvCell).join(',')
  return `${forTerminal ? safeText(line) : line}\r\n`
}

function csvCell(value: Json | undefined): string {
  const text = cellText(value, '; ')
  const guarded = typeof value !== 'number' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
