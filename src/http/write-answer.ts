import type { ServerResponse } from 'node:http'
import type { Answer } from './exchange.ts'
import { sendAtTurnEnd } from './outbox.ts'

/** How an answer goes out. */
export interface Manner {
  readonly requestId: string
  readonly isHead: boolean
  /** Whether the connection ends after it. */
  readonly close: boolean
  /** Bytes of body as they are handed to the connection: of an answer that is cut off, those so far. */
  readonly tally: { bytes: number }
}

/**
 * Bytes. What is longer goes out in parts as the peer takes it: every open connection may hold so much that nobody takes,
 * and TLS a copy of its own.
 */
const PART = 64 * 1024

/** Whether a body is made while it is sent. */
export const isStream = (body: Answer['body']): body is AsyncIterable<Uint8Array> =>
  body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)

/**
 * Writes an answer, header names as given. A stream is read as fast as the peer takes it.
 *
 * @returns of a stream and of a long body, what waits until it is written
 * @throws what a stream throws, and Node for a header that cannot be written
 */
export function writeAnswer(
  response: ServerResponse,
  answer: Answer,
  manner: Manner,
): Promise<void> | undefined {
  const { status, body } = answer
  const bodiless = status === 204 || status === 304
  const isPoured = isStream(body)
  const length = isPoured || body === undefined ? 0 : Buffer.byteLength(body)
  response.writeHead(status, headersOf(answer, manner, bodiless || isPoured ? undefined : length))
  if (manner.isHead || bodiless || body === undefined) {
    response.end()
    return isPoured ? letGo(body) : undefined
  }
  if (isPoured) return pour(response, body, manner.tally)
  if (length > PART) return pour(response, partsOf(body), manner.tally)
  sendAtTurnEnd(response, body, encodingOf(body, length))
  manner.tally.bytes = length
  return undefined
}

/** A text of as many bytes as characters is ASCII: said to be Latin-1, it is copied and not encoded. */
const encodingOf = (body: string | Uint8Array, bytes: number): 'latin1' | 'utf8' =>
  body.length === bytes ? 'latin1' : 'utf8'

/** Name, value, name, value …: the one form that keeps case and repetition. */
function headersOf(answer: Answer, manner: Manner, length: number | undefined): string[] {
  const flat: string[] = []
  let [hasLength, hasId] = [false, false]
  const { headers = {} } = answer
  for (const name of Object.keys(headers)) {
    const value = headers[name]!
    hasLength ||= name.length === 14 && name.toLowerCase() === 'content-length'
    hasId ||= name.length === 12 && name.toLowerCase() === 'x-request-id'
    if (typeof value === 'string') flat.push(name, value)
    else for (const each of value) flat.push(name, each)
  }
  if (length !== undefined && !hasLength) flat.push('Content-Length', String(length))
  if (!hasId) flat.push('X-Request-Id', manner.requestId)
  if (manner.close) flat.push('Connection', 'close')
  return flat
}

/** Of a stream that nobody reads: what it holds open is closed. */
export async function letGo(body: Answer['body']): Promise<void> {
  if (isStream(body)) await body[Symbol.asyncIterator]().return?.()
}

function* partsOf(body: string | Uint8Array): Iterable<Uint8Array> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  for (let at = 0; at < bytes.length; at += PART) yield bytes.subarray(at, at + PART)
}

async function pour(
  response: ServerResponse,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  tally: Manner['tally'],
): Promise<void> {
  for await (const part of body) {
    if (response.destroyed) return
    tally.bytes += part.length
    if (!response.write(part)) await drained(response)
  }
  response.end()
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
