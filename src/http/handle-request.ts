import type { IncomingMessage, ServerResponse } from 'node:http'
import { CertmanError, ERRORS } from '../base/errors.ts'
import type { Deadlines } from './deadlines.ts'
import type { Answer, Route, RouteTable } from './exchange.ts'
import type { Exit } from './exit.ts'
import { callerOf } from './forwarded.ts'
import type { Metrics } from './metrics.ts'
import { faultOf, originOf, type RequestHead, targetOf } from './request-head.ts'
import type { Match } from './router.ts'
import { type Entrances, ServerCall } from './server-call.ts'
import type { Limits, NamedTable, ServeOptions } from './serve-options.ts'
import { isStream, letGo, writeAnswer } from './write-answer.ts'

/** What every request of one server shares. */
export interface Hall {
  readonly options: ServeOptions
  readonly limits: Limits
  readonly find: (method: string, path: string) => Match
  readonly metrics: Metrics
  readonly deadlines: Deadlines
  /** Requests that hold a place; those whose bodies are coming among them. */
  readonly atWork: { count: number }
  /** For those whose bodies are coming. */
  readonly entrances: Entrances
  /** For who is taking a long answer. */
  readonly exit: Exit
  readonly requestId: (given: string | undefined) => string
  /** `https://127.0.0.1:8443`, for callers without a Host header. */
  readonly url: () => string
  readonly isStopping: () => boolean
}

/** A request as Node hands it over. */
export interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Whether the peer waits for `100 Continue`. */
  readonly waits: boolean
}

interface Visit extends Omit<Arrival, 'waits'>, RequestHead {
  waits: boolean
  hasPlace: boolean
  readonly requestId: string
  /** Address of who called; known from the start, since a closed socket has none. */
  readonly caller: string
  readonly start: number
  call: ServerCall | undefined
  dialect: string
  bytes: number
}

/** Answers one request; never rejects. */
export async function handleRequest(hall: Hall, { request, response, waits }: Arrival): Promise<void> {
  const visit = visitOf(hall, { request, response, waits })
  hall.metrics.inFlight++
  hall.atWork.count++
  // it comes once: `once` would only make two objects more
  response.on('close', () => leave(hall, visit))
  try {
    const isOwn = visit.path === '/healthz' || (visit.path === '/metrics' && hall.options.metrics !== false)
    if (isOwn) return await reply(hall, visit, await ownPage(hall, visit.path))
    await route(hall, visit)
  } catch (error) {
    // a stream that broke, or a header that cannot be written: the peer must notice
    if (!response.destroyed) hall.options.faults?.(visit.dialect, error)
    if (response.headersSent) response.destroy()
    else await reply(hall, visit, FAULT).catch(() => response.destroy())
  }
}

const text = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
  body: `${body}\n`,
})

const FAULT = text(500, 'internal fault')

async function ownPage({ options, metrics, isStopping }: Hall, path: string): Promise<Answer> {
  const headers = { 'Cache-Control': 'no-store' }
  if (path === '/metrics') {
    const type = 'text/plain; version=0.0.4; charset=utf-8'
    return {
      status: 200,
      headers: { 'Content-Type': type, ...headers },
      body: metrics.text((await options.gauges?.()) ?? []),
    }
  }
  if (isStopping()) return text(503, 'stopping', headers)
  return text(200, 'ok', headers)
}

async function route(hall: Hall, visit: Visit): Promise<void> {
  const { request, response, path, search } = visit
  const fault = faultOf(visit) ?? crowded(hall)
  const match = hall.find(request.method ?? 'GET', path)
  visit.dialect = match.named?.dialect ?? 'none'
  const origin = hall.options.publicUrl?.replace(/\/+$/, '') ?? originOf(request) ?? hall.url()
  const call = new ServerCall({
    request,
    caller: visit.caller,
    path,
    search: fault ? '' : search,
    origin,
    bodyBytes: hall.limits.bodyBytes,
    entrances: hall.entrances,
    enter: () => {
      const busy = crowded(hall, 1)
      if (busy) throw busy
    },
    invite: () => {
      if (visit.waits) response.writeContinue()
      visit.waits = false
    },
  })
  visit.call = call
  const { named } = match
  if (fault)
    return reply(
      hall,
      visit,
      named ? named.table.failed(fault, call) : text(ERRORS[fault.code].http, fault.message),
    )
  if (!named) return reply(hall, visit, text(404, 'not found'))
  if (match.kind === 'route') call.params = match.params
  await reply(hall, visit, await answered(hall, handlerOf(match, named), call))
}

/** @param entering those whose bodies have just come */
const crowded = ({ atWork, entrances, limits }: Hall, entering = 0): CertmanError | undefined =>
  atWork.count - entrances.strangers.size - entrances.known.size + entering > limits.concurrent
    ? new CertmanError('server.busy', 'the server is busy')
    : undefined

interface Found {
  readonly table: RouteTable
  readonly handle: Route['handle']
}

const handlerOf = (match: Match, { table }: NamedTable): Found => ({
  table,
  handle: match.kind === 'route' ? match.handle : async (call) => table.missing(call, match.allow),
})

/** The handler's answer, or the dialect's error when it throws or takes too long. */
async function answered(hall: Hall, { table, handle }: Found, call: ServerCall): Promise<Answer> {
  try {
    const made = handle(call)
    const late = (): Error => {
      call.over()
      // nobody takes what comes of it after all
      made.then(({ body }) => letGo(body)).catch(() => undefined)
      return new CertmanError(
        'remote.timeout',
        `the request was not done within ${hall.limits.requestMs / 1000} s`,
      )
    }
    return await hall.deadlines.within(made, late)
  } catch (error) {
    return table.failed(error, call)
  }
}

async function reply(hall: Hall, visit: Visit, answer: Answer): Promise<void> {
  const { request, response, requestId, waits } = visit
  if (response.destroyed) return letGo(answer.body)
  // who waits for `100 Continue` and got another answer keeps its body: nobody knows what comes next on that connection
  const isHalf = (waits && !request.readableEnded && !request.complete) || visit.call?.isTurnedOut === true
  const close = hall.isStopping() || isHalf
  const isMade = !isStream(answer.body)
  // before the caller can see it, and send the next request
  if (isMade) giveBack(hall, visit)
  const isHead = request.method === 'HEAD'
  const written = writeAnswer(response, answer, { requestId, isHead, close, tally: visit })
  if (!written) return
  // who is slow to take what is made holds no place of those who work
  if (isMade) await hall.exit.waitFor(written, { address: visit.caller, answer }, () => response.destroy())
  else await written
}

function giveBack({ atWork }: Hall, visit: Visit): void {
  if (visit.hasPlace) atWork.count--
  visit.hasPlace = false
  visit.call?.letGo()
}

function visitOf(hall: Hall, { request, response, waits }: Arrival): Visit {
  const target = targetOf(request.url ?? '/')
  const at = target.indexOf('?')
  const given = request.headers['x-request-id']
  const peer = request.socket.remoteAddress ?? ''
  const { isTrustedProxy } = hall.options
  return {
    request,
    response,
    waits,
    hasPlace: true,
    requestId: hall.requestId(typeof given === 'string' ? given : undefined),
    caller: isTrustedProxy ? callerOf(peer, request.headers, isTrustedProxy) : peer,
    start: performance.now(),
    path: at < 0 ? target : target.slice(0, at),
    search: at < 0 ? '' : target.slice(at + 1),
    call: undefined,
    dialect: 'none',
    bytes: 0,
  }
}

/** Counts and logs a request that is over. */
function leave(hall: Hall, visit: Visit): void {
  const { request, response, requestId, caller, start, path, dialect, call, bytes } = visit
  const { metrics, options } = hall
  metrics.inFlight--
  giveBack(hall, visit)
  if (!response.writableFinished) call?.over()
  // 499: the peer has gone before its answer (the convention of nginx)
  const status = response.writableFinished ? response.statusCode : 499
  const milliseconds = performance.now() - start
  const method = request.method ?? ''
  metrics.add({ dialect, method, status, seconds: milliseconds / 1000 })
  options.log?.(
    JSON.stringify({
      time: options.ambient.now().toISOString(),
      requestId,
      remote: caller,
      method,
      path,
      status,
      bytes,
      ms: Math.round(milliseconds * 1000) / 1000,
      user: call?.user ?? null,
      dialect: dialect === 'none' ? null : dialect,
    }),
  )
}
