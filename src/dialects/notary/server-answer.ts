import type { Json } from '../../base/json.ts'
import type { Answer, Call } from '../../http/exchange.ts'
import { longBody } from '../../http/long-body.ts'
import { bearerOf } from '../credentials.ts'
import { wireFaultOf, WORDS } from './errors.ts'
import { COOKIE } from './wire.ts'

/**
 * Which Notary the caller knows: with the session cookie, or with nothing, the present one (`message`, `data`); with a
 * bearer token alone the one of the published pages (`error`, `result`).
 */
export type Era = 'cookie' | 'bearer'

/** What a handler answers, before the era gives it its form. */
export interface Reply {
  readonly status: number
  /** What was asked for. */
  readonly data?: Json
  /** Or, where that is a list, its items: there may be very many. */
  readonly items?: AsyncIterable<Json>
  /** Id of what was made. */
  readonly made?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

/** Something that was read. */
export const found = (data: Json): Reply => ({ status: 200, data })
/** Things that were listed. */
export const listed = (items: AsyncIterable<Json>): Reply => ({ status: 200, items })
/** Something that was made. */
export const made = (id: number): Reply => ({ status: 201, made: id })
/** Something that was done; Notary's codes for that are uneven. */
export const done = (status: 200 | 201 | 202): Reply => ({ status })

/** The value of the session cookie; `undefined` without one. */
export function cookieOf(call: Call): string | undefined {
  const header = call.header('cookie')
  if (header === undefined) return undefined
  // several Cookie headers arrive joined by a comma
  for (const part of header.split(/[;,]/)) {
    const [name, value] = part.trim().split('=', 2)
    if (name === COOKIE && value) return value
  }
  return undefined
}

/** The era of a call. */
export const eraOf = (call: Call): Era =>
  cookieOf(call) === undefined && bearerOf(call) !== undefined ? 'bearer' : 'cookie'

/** JSON as Go writes it: characters that mean something in HTML, and two line separators, are escaped. */
const goJson = (value: Json): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** An answer of JSON: no charset, as Go's handlers write it. */
export const jsonAnswer = (status: number, body: Json, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: goJson(body),
})

/** A reply with its items in the form of the caller's era. */
export async function wholeAnswerOf(reply: Reply, era: Era): Promise<Answer> {
  const answer = answerOf(reply, era)
  if (!reply.items) return answer
  return { ...answer, body: await longBody(listText(era === 'bearer' ? 'result' : 'data', reply.items)) }
}

async function* listText(name: string, items: AsyncIterable<Json>): AsyncGenerator<string> {
  let before = `{"${name}":[`
  for await (const item of items) {
    yield before + goJson(item)
    before = ','
  }
  yield before === ',' ? ']}' : `${before}]}`
}

/** A reply in the form of the caller's era. */
export function answerOf({ status, data, made: id, headers }: Reply, era: Era): Answer {
  if (era === 'bearer') {
    const result = data ?? { message: 'success', ...(id !== undefined && { id }) }
    return jsonAnswer(status, { result }, headers)
  }
  const content = data ?? (id === undefined ? undefined : { id })
  return jsonAnswer(status, content === undefined ? {} : { data: content }, headers)
}

const capital = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`

/** The words of the past where a capital letter at their beginning does not make them. */
const OLD_WORDS: Readonly<Record<string, string>> = {
  [WORDS.missing]: 'Not Found',
  [WORDS.bad]: 'Bad Request',
  [WORDS.csrKnown]: WORDS.csrKnown,
  [WORDS.csrRefused]: WORDS.csrRefused,
  [WORDS.credentials]: 'The email or password is incorrect',
}

/** Whatever a handler threw, in the form of the caller's era. */
export function failure(error: unknown, era: Era): Answer {
  const { status, words } = wireFaultOf(error)
  const headers = status === 503 ? { 'Retry-After': '10' } : {}
  if (era === 'cookie') return jsonAnswer(status, words === undefined ? {} : { message: words }, headers)
  const old = words === undefined ? 'Internal Error' : (OLD_WORDS[words] ?? capital(words))
  return jsonAnswer(status, { error: old }, headers)
}

/** What Go's router says by itself: plain text. */
export const plain = (status: 404 | 405, allow: readonly string[] = []): Answer => ({
  status,
  headers: {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    ...(allow.length > 0 && { Allow: allow.join(', ') }),
  } as Record<string, string>,
  body: status === 404 ? '404 page not found\n' : 'Method Not Allowed\n',
})
