import { CertmanError, isCertmanError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { attempt, type Order } from './attempt.ts'
import { isDropped } from './call-errors.ts'
import { openLine, type Line } from './connect.ts'
import { maskSent } from './mask.ts'
import { callName, checkBase, strange, urlOf } from './origin.ts'
import type { HttpClient, HttpReply, HttpRequest, HttpSetup } from './request.ts'
import { isBusy, LONGEST_MS, waitMs } from './retry.ts'
import { replyLines, requestLines } from './trace.ts'

/** 256 MiB: far more than the longest list page or the largest PFX. */
const ANSWER_LIMIT = 256 * 1024 * 1024
const REDIRECTS = 5

/**
 * A client of one origin; opens nothing before the first call.
 *
 * @throws {CertmanError} `cli.usage`, `remote.tls` for a URL that is not to be used (`checkBase`)
 */
export function httpClient(setup: HttpSetup): HttpClient {
  checkBase(setup.url)
  let line: Promise<Line> | undefined
  return {
    base: setup.url,
    send: async (request) => {
      line ??= openLine(setup)
      return exchange(await line, setup, request)
    },
    close: async () => {
      const open = await line?.catch(() => undefined)
      line = undefined
      open?.agent.destroy()
    },
  }
}

/** Follows redirects of the same origin. */
async function exchange(line: Line, setup: HttpSetup, request: HttpRequest): Promise<HttpReply> {
  let url = urlOf(setup.url, request.path)
  const isReading = request.method === 'GET' || request.method === 'HEAD'
  for (let hops = 0; ; hops++) {
    const reply = await persist(line, setup, orderOf(setup, request, url))
    const to = reply.header('location')
    if (!isReading || ![301, 302, 303, 307, 308].includes(reply.status) || to === undefined) return reply
    url = targetOf(setup.url, { from: url, reply, to })
    if (hops === REDIRECTS)
      throw new CertmanError('remote.unexpected', `${reply.call}: redirected more than ${REDIRECTS} times`)
  }
}

interface Redirect {
  readonly from: URL
  readonly reply: HttpReply
  /** `Location` as sent. */
  readonly to: string
}

function targetOf(base: URL, { from, reply: { call, status }, to }: Redirect): URL {
  const redirected = `${call}: redirected (HTTP ${status})`
  if (!URL.canParse(to, from.href))
    throw new CertmanError('remote.unexpected', `${redirected} to a broken address`)
  const url = new URL(to, from.href)
  if (url.origin !== base.origin) throw strange(redirected, url)
  url.hash = ''
  return url
}

/** Tries again, where that does no harm, after a drop, 429 and 503. */
async function persist(line: Line, setup: HttpSetup, order: Order): Promise<HttpReply> {
  for (let tries = 1; ; tries++) {
    const isLast = !order.repeatable || tries > setup.retries
    try {
      const reply = await traced(line, setup, order)
      if (isLast || !isBusy(reply.status)) return reply
      const wait = waitMs(tries, setup.random(), reply)
      if (wait > LONGEST_MS) return reply
      await rest(setup, wait, `${reply.status}`)
    } catch (error) {
      if (isLast || !isDropped(error)) throw error
      await rest(setup, waitMs(tries, setup.random()), (error as Error).message)
    }
  }
}

async function rest(setup: HttpSetup, milliseconds: number, why: string): Promise<void> {
  setup.trace?.(`* ${why}: trying again in ${milliseconds / 1000} s`)
  await setup.pause(milliseconds)
}

async function traced(line: Line, setup: HttpSetup, order: Order): Promise<HttpReply> {
  const { trace } = setup
  if (trace === undefined) return attempt(line, order)
  for (const each of requestLines(order)) trace(each)
  const start = performance.now()
  try {
    const reply = await attempt(line, order)
    for (const each of replyLines(reply, performance.now() - start, order.masked))
      trace(maskSent(each, order))
    return reply
  } catch (error) {
    trace(`< ${isCertmanError(error) ? `${error.code}: ${error.message}` : 'failed'}`)
    throw error
  }
}

function orderOf(setup: HttpSetup, request: HttpRequest, url: URL): Order {
  const body = bytesOf(request.body)
  const headers: Record<string, string> = {}
  const given = new Set(Object.keys(request.headers ?? {}).map((name) => name.toLowerCase()))
  const add = (name: string, value: string): void => {
    if (!given.has(name.toLowerCase())) headers[name] = value
  }
  add('Accept', 'application/json')
  // without it a server may take any encoding (RFC 9110 section 12.5.3)
  add('Accept-Encoding', 'identity')
  add('User-Agent', 'certman')
  if (request.body !== undefined && typeof request.body !== 'string' && !(request.body instanceof Uint8Array))
    add('Content-Type', 'application/json')
  Object.assign(headers, request.headers)
  if (body !== undefined || ['POST', 'PUT', 'PATCH'].includes(request.method))
    add('Content-Length', String(body?.length ?? 0))
  return {
    method: request.method,
    url,
    headers,
    body,
    masked: request.masked ?? [],
    limit: ANSWER_LIMIT,
    call: callName(request.method, url),
    timeoutMs: setup.timeoutMs,
    repeatable: request.repeatable ?? (request.method === 'GET' || request.method === 'HEAD'),
  }
}

function bytesOf(body: Json | Uint8Array | undefined): Uint8Array | undefined {
  if (body === undefined || body instanceof Uint8Array) return body
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
}
