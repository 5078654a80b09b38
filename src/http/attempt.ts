import { request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { concat } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import { callError, type CallState, UNSURE, systemError } from './call-errors.ts'
import type { Line } from './connect.ts'
import type { SentParts } from './mask.ts'
import { replyOf } from './reply.ts'
import type { HttpReply } from './request.ts'

/** One request, ready for the socket. */
export interface Order extends CallState, SentParts {
  readonly method: string
  readonly url: URL
  /** Bytes of answer that are read at most. */
  readonly limit: number
}

/**
 * Sends one request once, and reads the answer whole.
 *
 * @throws {CertmanError} `remote.*` as `HttpClient.send` says
 */
export function attempt(line: Line, order: Order): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    let sent: ClientRequest | undefined
    let [isDone, hasBegun] = [false, false]
    const settle = (act: () => void): void => {
      if (isDone) return
      isDone = true
      clearTimeout(timer)
      act()
    }
    const fail = (error: CertmanError): void =>
      settle(() => {
        reject(error)
        sent?.destroy()
      })
    const late = (): void => fail(callError(systemError('ETIMEDOUT'), { ...order, hasBegun }))
    const timer = setTimeout(late, order.timeoutMs)
    try {
      const options = { ...line.options, agent: line.agent, method: order.method, headers: order.headers }
      sent = (order.url.protocol === 'http:' ? plainRequest : tlsRequest)(order.url, options)
      sent.on('response', () => (hasBegun = true))
      follow(sent, order, { done: (reply) => settle(() => resolve(reply)), fail })
      sent.end(order.body)
    } catch (error) {
      fail(callError(error, order))
    }
  })
}

interface Ends {
  readonly done: (reply: HttpReply) => void
  readonly fail: (error: CertmanError) => void
}

/** Waits for what becomes of a request: an answer, a failure, or another protocol that nobody asked for. */
function follow(sent: ClientRequest, order: Order, { done, fail }: Ends): void {
  // once the answer has begun, its reader tells how far it came
  let hasBegun = false
  sent.on('error', (error) => {
    if (!hasBegun) fail(callError(error, order))
  })
  sent.on('response', (message) => {
    hasBegun = true
    readAll(message, order).then((body) => done(replyOf(message, body, order)), fail)
  })
  sent.on('upgrade', (_message, socket) => {
    socket.destroy()
    fail(unexpected(order, 'answered with another protocol (HTTP 101)'))
  })
}

/** What came instead of an answer that can be read. What was asked for may have been done before it. */
const unexpected = ({ call, repeatable }: CallState, what: string, hint?: string): CertmanError =>
  new CertmanError('remote.unexpected', `${call}: ${what}`, {
    ...(!repeatable ? { hint: UNSURE } : hint !== undefined && { hint }),
  })

/** The body of an answer, when it is whole and not too large. */
async function readAll(message: IncomingMessage, order: Order): Promise<Uint8Array> {
  const announced = Number(message.headers['content-length'] ?? Number.NaN)
  const tooMuch = (): CertmanError =>
    unexpected(
      order,
      `the answer is larger than ${order.limit} bytes`,
      'ask for less at a time: --limit, --filter',
    )
  if (announced > order.limit && order.method !== 'HEAD') throw tooMuch()
  const encoding = message.headers['content-encoding']
  if (encoding && encoding.toLowerCase() !== 'identity')
    throw unexpected(
      order,
      `answered with the content encoding ${printable(encoding)}, which was not asked for`,
    )
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const part of message as AsyncIterable<Uint8Array>) {
      length += part.length
      if (length > order.limit) throw tooMuch()
      parts.push(part)
    }
  } catch (cause) {
    if (cause instanceof CertmanError) throw cause
    const of = Number.isNaN(announced) ? '' : ` of ${announced}`
    throw new CertmanError(
      'remote.unexpected',
      `${order.call}: the answer (HTTP ${message.statusCode}) was cut off after ${length}${of} bytes`,
      {
        cause,
        hint: order.repeatable ? 'try again' : UNSURE,
      },
    )
  }
  return parts.length === 1 ? parts[0]! : concat(parts)
}
