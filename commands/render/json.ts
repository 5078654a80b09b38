import type { Json } from '../../src/base/json.ts'
import { safeJson } from './safe.ts'

/**
 * A JSON document for people and programs: indented, ends with a line end. What a terminal must not see is written as
 * JSON escapes, so the value stays the same.
 */
export function jsonText(value: Json): string {
  return `${safeJson(JSON.stringify(value, null, 2))}\n`
}
