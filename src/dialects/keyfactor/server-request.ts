import { isObject, jsonOf, type Json } from '../../base/json.ts'
import type { Call } from '../../http/exchange.ts'
import { bodyText } from '../body-text.ts'
import { invalid, WireFault, WIRE_CODES } from './errors.ts'
import { HEADER, MAX_ID, member } from './wire.ts'

/** Old clients put one of these before the name of a query parameter. */
const PREFIX = /^(?:pq|query|pagedQuery|certificateStoreQuery|certificateStoreContainerQuery|sq)\./i

/** A query parameter with or without an old prefix, in any letter case; empty counts as absent. */
export function parameter(call: Call, name: string): string | undefined {
  const wanted = name.toLowerCase()
  const found = call.query.pairs.find(([key]) => key.replace(PREFIX, '').toLowerCase() === wanted)
  return found === undefined || found[1] === '' ? undefined : found[1]
}

/** @throws {WireFault} 400 when it is no number of that range */
export function numberParameter(call: Call, name: string, most = MAX_ID): number | undefined {
  const text = parameter(call, name)
  if (text === undefined) return undefined
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value <= most) return value
  throw invalid(`The value '${shown(text)}' is not valid for ${name}.`)
}

/** @throws {WireFault} 400 when it is neither true nor false */
export function booleanParameter(call: Call, name: string): boolean {
  const text = parameter(call, name)?.toLowerCase()
  if (text === undefined || text === 'false' || text === '0') return false
  if (text === 'true' || text === '1') return true
  throw invalid(`The value '${shown(text)}' is not valid for ${name}.`)
}

/** A number in the path; other texts are paths that there are not. */
export function pathNumber(call: Call): number | undefined {
  const text = call.params['id'] ?? ''
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  return value <= MAX_ID ? value : undefined
}

/**
 * The body as JSON; `undefined` when there is none. GETs carry `null` and are not asked.
 *
 * @throws {WireFault} 400, without a word of the body: it may hold passwords
 */
export async function jsonBody(call: Call): Promise<Json | undefined> {
  const text = await textBody(call)
  if (text === '') return undefined
  const json = jsonOf(text)
  if (json === undefined) throw invalid('The request body is not valid JSON.')
  return json
}

/** The body as JSON where it is some, else its text. @throws {WireFault} 400 for bytes that are no text */
export async function jsonOrText(call: Call): Promise<Json> {
  const text = await textBody(call)
  return jsonOf(text) ?? text
}

async function textBody(call: Call): Promise<string> {
  const text = await bodyText(call)
  if (text !== undefined) return text
  throw invalid('The request body is not valid UTF-8.')
}

/** The body as an object. @throws {WireFault} 400 */
export async function objectBody(call: Call): Promise<Json> {
  const body = await jsonBody(call)
  if (isObject(body)) return body
  throw invalid('The request body must be a JSON object.')
}

/** What a sort field stands for; names without case. @throws {WireFault} 400 */
export function sortField<T>(fields: Readonly<Record<string, T>>, name: string): T {
  const key = name.toLowerCase()
  if (Object.hasOwn(fields, key)) return fields[key]!
  throw new WireFault(400, WIRE_CODES.sortField, `Invalid sort field: ${shown(name)}.`)
}

interface MemberTypes {
  readonly string: string
  readonly boolean: boolean
  readonly number: number
}

/** An optional member of one type; `null` counts as absent. @throws {WireFault} 400 for another type */
export function optional<T extends keyof MemberTypes>(
  body: Json | undefined,
  name: string,
  type: T,
): MemberTypes[T] | undefined {
  const value = member(body, name)
  if ((value ?? null) === null) return undefined
  const fits = typeof value === type && (typeof value !== 'number' || Number.isSafeInteger(value))
  if (fits) return value as MemberTypes[T]
  throw invalid(`The ${name} field must be a ${type === 'number' ? 'whole number' : type}.`)
}

/** An optional text; an empty one says nothing. @throws {WireFault} 400 for another type */
export const optionalText = (body: Json | undefined, name: string): string | undefined =>
  optional(body, name, 'string') || undefined

/** A member that must be there and not empty. @throws {WireFault} 400 */
export function requiredText(body: Json, name: string): string {
  const value = optionalText(body, name)
  if (value !== undefined) return value
  throw invalid(`The ${name} field is required.`)
}

/**
 * `FileExtension`, else the format's own.
 *
 * @param allowed that of the format first
 * @throws {WireFault} 400 for one that does not go with the format
 */
export function fileExtension(body: Json, format: string, allowed: readonly [string, ...string[]]): string {
  const text = optional(body, 'FileExtension', 'string')?.trim().replace(/^\./, '').toUpperCase() ?? ''
  if (text === '') return allowed[0]
  if (allowed.includes(text)) return text
  throw invalid(`The FileExtension '${shown(text)}' does not go with the format ${format}.`)
}

/** An array of ids. @throws {WireFault} 400 */
export function idList(value: Json | undefined, name: string): readonly number[] {
  const list = Array.isArray(value) ? (value as readonly Json[]) : undefined
  if (!list || list.length === 0) throw invalid(`The ${name} field is required.`)
  if (list.length > MAX_IDS) throw invalid(`${name} holds more than ${MAX_IDS} ids.`)
  return list.map((each) => {
    if (typeof each === 'number' && Number.isInteger(each) && each >= 0 && each <= MAX_ID) return each
    throw invalid(`${name} holds a value that is no id.`)
  })
}

const MAX_IDS = 10_000

/** What a caller sent, cut for a message. */
export const shown = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?').slice(0, 60)

/** Whether the call is of version 2 of its operation. */
export const isSecondVersion = (call: Call): boolean =>
  call.header(HEADER.version)?.trim().startsWith('2') === true

/**
 * Whether one of the vendor's generated clients calls: they read numbers where the documents and older clients have texts.
 * The one for Python goes by the name of its HTTP library.
 */
export const isGenerated = (call: Call): boolean =>
  /^(?:OpenAPI-Generator|python-httpx)\//.test(call.header('user-agent') ?? '')

/**
 * Writes need the header that a browser does not send by itself; reads do without it, as old plug-ins do.
 *
 * @throws {WireFault} 400
 */
export function requireClientHeader(call: Call): void {
  const version = call.header(HEADER.version)?.trim()
  if (version !== undefined && version !== '' && !/^[12](?:\.0)?$/.test(version))
    throw invalid(`The HTTP resource does not support the API version '${shown(version)}'.`)
  if (call.method === 'GET' || call.method === 'HEAD') return
  if (/^(?:APIClient|XMLHttpRequest)$/i.test(call.header(HEADER.requestedWith)?.trim() ?? '')) return
  throw invalid("The header 'x-keyfactor-requested-with' must be 'APIClient' or 'XMLHttpRequest'.")
}
