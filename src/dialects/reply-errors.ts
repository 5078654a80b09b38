import { CertmanError, ERRORS, type ErrorCode, isCertmanError } from '../base/errors.ts'
import { isObject, jsonOf, type Json, type JsonObject } from '../base/json.ts'
import { commandOn, printable } from '../base/text.ts'
import type { HttpReply } from '../http/request.ts'
import { UNSURE } from '../http/call-errors.ts'
import { retryAfterMs } from '../http/retry.ts'

/** What a client knows about a call that was refused. */
export interface ReplyFault {
  /** `Dialect.title`. */
  readonly vendor: string
  /** Name of the store, for hints. */
  readonly store: string
  /** The vendor's own words; default: picked from the usual places of a JSON body. */
  readonly message?: string | undefined
  /** The record asked for, as `certificate "7"`; makes 404 a sentence. */
  readonly thing?: string | undefined
  /** Statuses that mean something else in this call. */
  readonly codes?: Readonly<Partial<Record<number, ErrorCode>>> | undefined
  /** A closer next step than the status gives. */
  readonly hint?: string | undefined
}

/** Longer messages of a server are cut: they are pages or traces. */
const MAX_MESSAGE = 300

const CODES: Readonly<Partial<Record<number, ErrorCode>>> = {
  400: 'remote.refused',
  401: 'auth.failed',
  403: 'auth.forbidden',
  404: 'record.not-found',
  407: 'auth.failed',
  408: 'remote.timeout',
  409: 'state.refused',
  412: 'record.changed',
  413: 'limit.exceeded',
  422: 'remote.refused',
  429: 'remote.failed',
  501: 'remote.refused',
  504: 'remote.timeout',
  507: 'remote.failed',
}

function codeOf(status: number): ErrorCode {
  const known = CODES[status]
  if (known !== undefined) return known
  if (status >= 500) return 'remote.failed'
  return status >= 400 ? 'remote.refused' : 'remote.unexpected'
}

/** A server's words made safe for one line of ours: no control characters, at most 300 characters. */
export function vendorWords(text: string): string {
  const line = printable(text.replace(/\s+/g, ' ').trim())
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE - 1)}…` : line
}

const PLACES = ['message', 'Message', 'detail', 'error_description', 'error', 'title', 'Error', 'errors']

function wordsIn(value: Json | undefined, depth = 0): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  if (typeof value !== 'object' || value === null || depth > 3) return undefined
  if (Array.isArray(value)) return wordsIn((value as readonly Json[])[0], depth + 1)
  for (const place of PLACES) {
    const words = wordsIn((value as JsonObject)[place], depth + 1)
    if (words !== undefined) return words
  }
  return undefined
}

/** ASP.NET names the members that it refuses: `{"title": …, "errors": {"Subject": ["…"]}}`. */
function refusedMembers(body: Json | undefined): string | undefined {
  const errors = isObject(body) ? body['errors'] : undefined
  if (!isObject(errors)) return undefined
  const said = Object.entries(errors).flatMap(([name, words]) => {
    const first = wordsIn(words)
    return first === undefined ? [] : [name === '' ? first : `${name}: ${first}`]
  })
  return said.length === 0 ? undefined : said.join('; ')
}

/** Whether a reply is a web page: no answer of an API, but of something else at its address. */
export const isHtml = (reply: HttpReply): boolean =>
  /\bhtml\b/i.test(reply.header('content-type') ?? '') ||
  /^\s*<(?:!doctype|html)/i.test(reply.text().slice(0, 200))

/** The body of a reply as JSON; undefined for an empty one, a web page and the like. */
export const jsonIn = (reply: HttpReply): Json | undefined => jsonOf(reply.text())

/** Whether a reply of the 200s is a web page: a portal, or a guard in front, answers so in the place of the API. */
export const isPage = (reply: HttpReply): boolean =>
  reply.body.length > 0 && isHtml(reply) && jsonIn(reply) === undefined

/** What the server says about a failure, from the usual members of a JSON body; undefined for `{}`, HTML and nothing. */
export function wordsOf(reply: HttpReply): string | undefined {
  if (reply.body.length === 0 || isHtml(reply)) return undefined
  const body = jsonIn(reply)
  if (body !== undefined) return refusedMembers(body) ?? wordsIn(body)
  // a plain text answer is its own message
  const text = reply.text()
  return text.trim() === '' ? undefined : text
}

const ELSEWHERE = 'check the URL: another program, or another release, may be answering there'

/** Longer waits are said to be later. */
const MOST_SECONDS = 999_999

function hintOf(status: number, reply: HttpReply, store: string): string | undefined {
  if (status === 401) return `check user and secret: ${commandOn('store show', store)}`
  if (status === 407)
    return 'a proxy stands before the server and asks who you are: certman store add --help (--proxy)'
  if (status === 413) return 'the server, or a proxy before it, takes no more in one call: see its limits'
  if (status === 511) return 'this network asks you to sign in first, in a browser'
  if (status !== 429 && status !== 503) return undefined
  const after = Math.ceil((retryAfterMs(reply) ?? 0) / 1000)
  return after > 0 && after <= MOST_SECONDS
    ? `the server is busy: try again in ${after} ${after === 1 ? 'second' : 'seconds'}`
    : 'the server is busy: try again later'
}

/**
 * A web page says that a record is not there. None of the five APIs says so in that way: a proxy, or the web server in
 * front, has put its own page in the place of the API's answer, or the API is not at this address.
 */
export class PageForRecord extends CertmanError {}

/** What is said of a change whose own answer did not come: a gateway did not get it, or put a page in its place. */
const lostBehind = ({ status, repeatable }: HttpReply): string | undefined =>
  !repeatable && (status < 300 || status === 502 || status === 504) ? UNSURE : undefined

function htmlError(reply: HttpReply, { vendor, store, thing }: ReplyFault): CertmanError {
  const message = `${vendor}: ${reply.call} was answered with ${reply.status} and a web page`
  const tells = commandOn('store show', store)
  if (reply.status === 404 && thing !== undefined)
    return new PageForRecord('remote.unexpected', `${message} (${thing})`, {
      hint: `there is none, or the URL is wrong, or a proxy answered; whether the server is there says: ${tells}`,
    })
  return new CertmanError('remote.unexpected', message, {
    hint: lostBehind(reply) ?? `the URL may be wrong, or a proxy answered: ${tells}`,
  })
}

/** Where a redirect leads that nobody follows; its query may hold secrets. */
function redirectError(reply: HttpReply, { vendor, store }: ReplyFault): CertmanError {
  const to = reply.header('location')?.replace(/[?#].*$/s, '') ?? ''
  if (to === '') return strangeAnswer(vendor, reply, 'no address to go on to')
  const where = vendorWords(to)
  return new CertmanError(
    'remote.unexpected',
    `${vendor}: ${reply.call} was answered with ${reply.status} and sent on to ${where}`,
    {
      hint: `nothing was sent there; if that is the server, give its URL: ${commandOn('store add', store, '--replace …')}`,
    },
  )
}

/** The error of an answer of the 200s in which something is missing that the API always has. */
export const strangeAnswer = (
  vendor: string,
  { call, status, repeatable }: Pick<HttpReply, 'call' | 'status' | 'repeatable'>,
  what: string,
): CertmanError =>
  new CertmanError('remote.unexpected', `${vendor}: ${call} was answered with ${status} and ${what}`, {
    hint: repeatable ? ELSEWHERE : UNSURE,
  })

/**
 * What is made of bytes that a server sent. What is wrong with them is no fault of a file or of a password of the user.
 *
 * @param what `certificate "7"`
 * @throws {CertmanError} `remote.unexpected` instead of whatever says that they cannot be read
 */
export async function madeOfSent<T>(vendor: string, what: string, make: () => T | Promise<T>): Promise<T> {
  try {
    return await make()
  } catch (cause) {
    if (!isCertmanError(cause) || ERRORS[cause.code].exit !== BAD_INPUT) throw cause
    throw unreadable(vendor, what, cause)
  }
}

/** The exit status of all that says that bytes cannot be read. */
const BAD_INPUT = ERRORS['input.invalid'].exit

/** The error of bytes of a server that are not what they are said to be. */
export const unreadable = (vendor: string, what: string, cause?: CertmanError): CertmanError =>
  new CertmanError(
    'remote.unexpected',
    `${vendor}: ${what} cannot be read as it was sent${cause === undefined ? '' : `: ${cause.message}`}`,
    { cause, hint: 'the server has it so, or something on the way damaged it: look at it there' },
  )

const NO_REASON = 'the other side gives no reason: see its log, or the call with --print-request'

/** Code and hint of a refusal, ready for its error. */
function meaningOf(
  reply: HttpReply,
  { store, thing, codes, hint: closer }: ReplyFault,
  { message, said }: { readonly message: string; readonly said: string | undefined },
): ConstructorParameters<typeof CertmanError> {
  const { status } = reply
  const meant = codes?.[status]
  // no record was asked for: what is missing is the API itself
  if (status === 404 && thing === undefined && meant === undefined)
    return ['remote.unexpected', message, { hint: closer ?? ELSEWHERE }]
  const code = meant ?? codeOf(status)
  const noReason = code === 'remote.refused' && said === undefined ? NO_REASON : undefined
  const hint = lostBehind(reply) ?? closer ?? hintOf(status, reply, store) ?? noReason
  return [code, message, hint === undefined ? {} : { hint }]
}

/** What says the same whoever answers. */
const OWN_WORDS: readonly number[] = [401, 403, 407, 408, 413, 429]

/**
 * The error that a refused call becomes: vendor, call, status, the server's own words, next step. HTML is the answer of
 * something else than the API, unless it says who is let in, that the call was too large or too late, or that the server is
 * busy or in trouble.
 */
export function replyError(reply: HttpReply, fault: ReplyFault): CertmanError {
  const { vendor, thing } = fault
  const { status, call } = reply
  if (status >= 300 && status < 400) return redirectError(reply, fault)
  const isOwnWord = OWN_WORDS.includes(status) || status >= 500
  if (isHtml(reply) && !isOwnWord) return htmlError(reply, fault)
  const said = fault.message ?? wordsOf(reply)
  const words = said === undefined ? '' : `: ${JSON.stringify(vendorWords(said))}`
  const about = thing === undefined ? '' : ` (${thing})`
  const message = `${vendor}: ${call} was answered with ${status}${about}${words}`
  return new CertmanError(...meaningOf(reply, fault, { message, said }))
}
