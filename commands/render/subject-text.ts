import type { JsonObject } from '../../src/base/json.ts'
import { cellText, listAt, textAt } from './cells.ts'

/**
 * Whom a record is for, in one line: its subject as RFC 4514 text, and where that is empty (RFC 5280 section 4.1.2.6 wants
 * alternative names then) the first of these: `dns:web.example and 2 more`. Empty where a row has neither.
 */
export function subjectText(row: JsonObject): string {
  const subject = textAt(row, 'subject')
  if (subject !== '') return subject
  const [first, ...others] = listAt(row, 'subjectAltName')
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return first === undefined ? '' : `${cellText(first)}${more}`
}
