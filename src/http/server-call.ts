import type { IncomingMessage } from 'node:http'
import { CertmanError } from '../base/errors.ts'
import type { Arrived, Entrance } from './entrance.ts'
import type { Call, CallQuery } from './exchange.ts'
import { bringsBody, readBody } from './read-body.ts'

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
  /** Where callers wait until their bodies have come. */
  readonly entrances: Entrances
  /** Takes a place when the body has come. @throws {CertmanError} `server.busy` where there is none */
  readonly enter: () => void
}

/** For those whom nobody knows yet, and for all others: the former may not push out the latter. */
export interface Entrances {
  readonly strangers: Entrance
  readonly known: Entrance
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
  /** Bytes of a body of this user. */
  #most = Infinity
  #query: CallQuery | undefined
  #body: Promise<Uint8Array> | undefined
  /** Takes the bytes of the body off the account. */
  #letGo: (() => void) | undefined
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
    return (this.#body ??= this.#receive(most, from))
  }

  known(user: string, most = Infinity): void {
    this.user = user
    this.#most = most
  }

  /** Whether the caller had to go before its body was there: nobody waits for the rest. */
  get isTurnedOut(): boolean {
    return this.#isTurnedOut
  }

  /** There is an answer, which may be long in the taking: the body is not kept meanwhile. */
  letGo(): void {
    this.#body = undefined
    this.#letGo?.()
  }

  /** The peer has gone, or the time is up. */
  over(): void {
    this.#isOver = true
    this.#abort?.abort()
  }

  async #receive(most: number, from: 'stranger' | undefined): Promise<Uint8Array> {
    if (this.#isOver) throw new CertmanError('server.busy', 'the request is over')
    const { request, bodyBytes, invite, caller, entrances, enter } = this.#parts
    const limit = Math.min(bodyBytes, most, this.#most)
    if (Number(request.headers['content-length'] ?? 0) <= limit) invite()
    // what has come along with the headers needs no room
    if (request.complete || !bringsBody(request)) return readBody(request, limit)
    const entrance = entrances[from ? 'strangers' : 'known']
    const parcel = entrance.parcel(this.user ?? caller)
    this.#letGo = () => entrance.letGo(parcel)
    const read = async (arrived: Arrived): Promise<Uint8Array> => {
      const body = await readBody(request, limit, arrived)
      enter()
      return body
    }
    return entrance.waitFor(parcel, read, () => (this.#isTurnedOut = true))
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
