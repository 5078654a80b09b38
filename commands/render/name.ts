import type { JsonObject } from '../../src/base/json.ts'
import { textAt } from './cells.ts'
import { safeText } from './safe.ts'

/** The handle of a row, as other verbs take it: its name, else its id. */
export function nameLine(row: JsonObject): string {
  return `${safeText(textAt(row, 'name') || textAt(row, 'id'))}\n`
}
