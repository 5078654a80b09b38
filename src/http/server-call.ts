import type { IncomingMessage } from 'node:http'
import type { Anteroom } from './anteroom.ts'
import type { Call, CallQuery } from './exchange.ts'
import { readBody } from './read-body.ts'

/** What a call is made of. */
export interface CallParts {
  readonly request: IncomingMessage
  /** See `Call.remoteAddress`. */
  readonly caller: string
  readonly path: string
  readonly search: string
  readonly origin: string
  readonly bodyBytes: number
  /** Tells a peer that waits for `100 Continue` to send its body. */
  readonly invite: () => void
  /** Where strangers wait for their bodies. */
  readonly anteroom: Anteroom
}

/** A request on a socket as routes see it. What they rarely ask for is made when they do. */
export class ServerCall implements Call {
  readonly method: string
  readonly path: string
  readonly origin: string
  params: Readonly<Record<string, string>> = {}
  /** For the access log. */
  user: string | undefined
  readonly #parts: CallParts
  #query: CallQuery | undefined
  #body: Promise<Uint8Array> | undefined
  #abort: AbortController | undefined
  #isOver = false
  #isTurnedOut = false

  constructor(parts: CallParts) {
    this.#parts = parts
    this.method = parts.request.method ?? 'GET'
    this.path = parts.path
    this.origin = parts.origin
  }

  get query(): CallQuery {
    return (this.#query ??= parseQuery(this.#parts.search))
  }

  get remoteAddress(): string {
    return this.#parts.caller
  }

  get connection(): object {
    return this.#parts.request.socket
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#isOver) this.#abort.abort()
    return this.#abort.signal
  }

  header(name: string): string | undefined {
    const value = this.#parts.request.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }

  body(most = Infinity, from?: 'stranger'): Promise<Uint8Array> {
    return (this.#body ??= from ? this.#readOutside(most) : this.#read(most))
  }

  known(user: string): void {
    this.user = user
  }

  /** Whether the caller had to go before its body was there: nobody waits for the rest. */
  get isTurnedOut(): boolean {
    return this.#isTurnedOut
  }

  /** The peer has gone, or the time is up. */
  over(): void {
    this.#isOver = true
    this.#abort?.abort()
  }

  #readOutside(most: number): Promise<Uint8Array> {
    const { anteroom, caller, request } = this.#parts
    const body = this.#read(most)
    // what has come along with the headers needs no room
    if (request.complete) return body
    return anteroom.waitFor(body, caller, () => (this.#isTurnedOut = true))
  }

  #read(most: number): Promise<Uint8Array> {
    const { request, bodyBytes, invite } = this.#parts
    const limit = Math.min(bodyBytes, most)
    if (Number(request.headers['content-length'] ?? 0) <= limit) invite()
    return readBody(request, limit)
  }
}

/**
 * The pairs of a query, `+` and `%20` as blanks.
 *
 * @param search without the question mark; its percent-encoding has been checked
 */
export function parseQuery(search: string): CallQuery {
  const pairs: (readonly [string, string])[] = []
  for (const part of search.split('&')) {
    if (part === '') continue
    const at = part.indexOf('=')
    pairs.push(at < 0 ? [plain(part), ''] : [plain(part.slice(0, at)), plain(part.slice(at + 1))])
  }
  return {
    pairs,
    get: (name) => pairs.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1],
  }
}

const plain = (text: string): string => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  return spaced.includes('%') ? decodeURIComponent(spaced) : spaced
}
