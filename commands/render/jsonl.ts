import type { Json } from '../../src/base/json.ts'
import { safeJson } from './safe.ts'

/** Lines of values that are JSON texts already. */
export const jsonLines = (texts: readonly string[]): string => `${safeJson(texts.join('\n'))}\n`

/** One value as one line of JSON (jsonlines.org), escaped like `jsonText`. */
export function jsonLine(value: Json): string {
  return `${safeJson(JSON.stringify(value))}\n`
}
