import type { Json } from '../../src/base/json.ts'
import { safeJson } from './safe.ts'

/**
 * A JSON document for people and programs: indented, ends with a line end. What a terminal must not see is written as
 * JSON escapes, so the value stays the same.
 */
export function jsonText(value: Json): string {
  return `${safeJson(JSON.stringify(value, null, 2))}\n`
}

/** An element of an array that is printed piece by piece: indented in it for people, one line for programs. */
export function jsonElement(value: Json, forPeople: boolean): string {
  if (!forPeople) return safeJson(JSON.stringify(value))
  // laid out inside an array of its own, whose brackets go: indenting text afterwards takes twice as long
  return jsonText([value]).slice('[\n'.length, -'\n]\n'.length)
}

/** Elements that are JSON texts already, one a line. */
export const jsonElements = (texts: readonly string[]): string => safeJson(texts.join(',\n'))
