import { isObject, jsonOf, type Json, type JsonObject } from '../../base/json.ts'
import type { Call } from '../../http/exchange.ts'
import { invalid, WORDS } from './errors.ts'

/** Bytes of a body. */
const MOST_BYTES = 102_400

/**
 * Refuses bodies that are too large before anything else is looked at; what the caller still sends is thrown away.
 *
 * @param from see `Call.body`
 * @throws {CertmanError} `limit.exceeded`, which is a 413
 */
export async function requireSmall(call: Call, from?: 'stranger'): Promise<void> {
  await call.body(MOST_BYTES, from)
}

/** The members of a body, read as Go reads them. */
export interface Body {
  /** `undefined` when absent or null. @throws {WireFault} 400 when it is something else than text */
  text(name: string): string | undefined
  whole(name: string): number | undefined
  flag(name: string): boolean | undefined
}

/**
 * The body as a JSON object, whatever its content type says: unknown members are ignored, names compare without case,
 * the last of several counts, `null` is an empty object, and what follows the first value is not looked at.
 *
 * @param words what is said to everything else
 * @throws {WireFault} 400, without a word of the body: it may hold passwords
 */
export async function readBody(call: Call, words: string = WORDS.json): Promise<Body> {
  const value = firstValue(new TextDecoder().decode(await call.body()))
  if (value !== null && !isObject(value)) throw invalid(words)
  const members = value ?? {}
  const typed = (name: string, fits: (found: Json) => boolean): Json | undefined => {
    const found = lastNamed(members, name)
    if (found === undefined || found === null) return undefined
    if (fits(found)) return found
    throw invalid(words)
  }
  return {
    text: (name) => typed(name, (found) => typeof found === 'string') as string | undefined,
    whole: (name) => typed(name, (found) => Number.isSafeInteger(found)) as number | undefined,
    flag: (name) => typed(name, (found) => typeof found === 'boolean') as boolean | undefined,
  }
}

const lastNamed = (members: JsonObject, name: string): Json | undefined =>
  Object.entries(members).findLast(([key]) => key.toLowerCase() === name)?.[1]

/** The first JSON value of a text; undefined when it does not begin with one. */
function firstValue(text: string): Json | undefined {
  const start = text.search(/[^ \t\r\n]/)
  if (start < 0) return undefined
  return jsonOf(text) ?? jsonOf(text.slice(start, endOfValue(text, start)))
}

/** Where an object or array that begins at `start` ends; of a plain value where the next blank stands. */
function endOfValue(text: string, start: number): number {
  if (text[start] !== '{' && text[start] !== '[')
    return start + (/^\S*/.exec(text.slice(start))?.[0].length ?? 0)
  let [depth, isInText] = [0, false]
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (isInText) {
      if (character === '\\') at++
      else if (character === '"') isInText = false
    } else if (character === '"') isInText = true
    else if (character === '{' || character === '[') depth++
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1
  }
  return text.length
}

/** The id in the path: base 10, a sign allowed. @throws {WireFault} 400 */
export function pathId(call: Call): number {
  const text = call.params['id'] ?? ''
  const number = /^[+-]?\d{1,19}$/.test(text) ? BigInt(text.replace('+', '')) : undefined
  // an int64 of Go
  if (number !== undefined && BigInt.asIntN(64, number) === number) return Number(text)
  throw invalid(WORDS.id)
}
