import type { Answer, Call } from './exchange.ts'

/** How much is remembered, and by what clock. */
export interface MemorySetup {
  readonly now: () => Date
  /** Of bodies and keys; default 64 MiB. */
  readonly bytes?: number
}

/** One question, and how to answer it. */
export interface Question {
  readonly call: Call
  /** Stands for the rights of whoever asks: answers are never given to another one. */
  readonly asker: object
  /** Of all that the answer is made from, taken before it is made. */
  readonly version: string
  /** How long the answer holds while nothing changes. */
  readonly milliseconds: number
  /** Anything but what is read of the call that makes the answer another one. */
  readonly variant?: string
  /** Must read the call that it is given, which notes what headers it looks at. */
  readonly make: (call: Call) => Promise<Answer>
}

interface Kept {
  readonly answer: Answer
  readonly version: string
  readonly from: number
  readonly until: number
  /** Headers that were looked at, and what they were. */
  readonly headers: ReadonlyMap<string, string | undefined>
  readonly bytes: number
  /** Since it was last at the front. */
  isUsedAgain: boolean
}

const BYTES = 64 * 1024 * 1024
/** Nobody asks for so much twice. */
const LARGEST = 1024 * 1024
/** A longer body of a request is more than a question. */
const LONGEST_BODY = 4096
/** Longer texts go out faster as bytes. */
const LONG_TEXT = 4096
/** What an entry takes besides its body and its key; measured, with its headers and its place in the table. */
const OVERHEAD = 1200

/**
 * Answers that were given a moment ago and still hold. The front is forgotten first, but what was used again goes to the
 * end once more: nearly the least recently used, and a use costs nothing. It knows nothing of what they say: whoever asks
 * vouches by a version that nothing changed.
 */
export class AnswerMemory {
  readonly #now: () => Date
  readonly #most: number
  readonly #kept = new Map<string, Kept>()
  readonly #askers = new WeakMap<object, number>()
  #asked = 0
  #bytes = 0

  constructor({ now, bytes = BYTES }: MemorySetup) {
    this.#now = now
    this.#most = bytes
  }

  /** Bytes that are held now. */
  get bytes(): number {
    return this.#bytes
  }

  /** The answer that is known, or the one that is made now. Only 200 is remembered. */
  async answer(question: Question): Promise<Answer> {
    const { call, make, version, milliseconds } = question
    const isGet = call.method === 'GET' || call.method === 'HEAD'
    const body = isGet ? undefined : await call.body()
    if (body !== undefined && body.length > LONGEST_BODY) return make(call)
    const key = this.#keyOf(question, body)
    const from = this.#now().getTime()
    const known = this.#take(key, { call, version, from })
    if (known) return known.answer
    const watched = new WatchedCall(call)
    const answer = handy(await make(watched))
    const bytes = sizeOf(answer) + key.length
    if (answer.status === 200 && !watched.isOpen && bytes <= Math.min(LARGEST, this.#most))
      this.#keep(key, {
        answer,
        version,
        from,
        until: from + milliseconds,
        headers: watched.headers,
        bytes,
        isUsedAgain: false,
      })
    return answer
  }

  /** No part but the last has a line end: a query is JSON, a variant the dialect's own word. */
  #keyOf({ call, asker, variant = '' }: Question, body: Uint8Array | undefined): string {
    const { method, origin, path, query } = call
    const asked = query.pairs.length === 0 ? '' : JSON.stringify(query.pairs)
    const sent = body === undefined ? '' : Buffer.from(body).toString('latin1')
    return `${this.#numberOf(asker)}\n${method}\n${origin}\n${path}\n${asked}\n${variant}\n${sent}`
  }

  #numberOf(asker: object): number {
    let number = this.#askers.get(asker)
    if (number === undefined) this.#askers.set(asker, (number = ++this.#asked))
    return number
  }

  #take(
    key: string,
    { call, version, from }: { readonly call: Call; readonly version: string; readonly from: number },
  ): Kept | undefined {
    const kept = this.#kept.get(key)
    if (!kept) return undefined
    const holds = kept.version === version && kept.from <= from && from < kept.until
    if (!holds || !isSameFor(kept, call)) {
      this.#forget(key, kept)
      return undefined
    }
    kept.isUsedAgain = true
    return kept
  }

  #keep(key: string, kept: Kept): void {
    const other = this.#kept.get(key)
    if (other) this.#forget(key, other)
    this.#kept.set(key, kept)
    this.#bytes += kept.bytes
    for (const [oldest, each] of this.#kept) {
      if (this.#bytes <= this.#most) return
      this.#kept.delete(oldest)
      if (each.isUsedAgain) {
        each.isUsedAgain = false
        this.#kept.set(oldest, each)
      } else this.#bytes -= each.bytes
    }
  }

  #forget(key: string, kept: Kept): void {
    this.#kept.delete(key)
    this.#bytes -= kept.bytes
  }
}

function isSameFor({ headers }: Kept, call: Call): boolean {
  for (const [name, value] of headers) if (call.header(name) !== value) return false
  return true
}

const handy = (answer: Answer): Answer =>
  typeof answer.body === 'string' && answer.body.length > LONG_TEXT
    ? { ...answer, body: Buffer.from(answer.body) }
    : answer

/** A stream can be read once only. */
function sizeOf({ body = '' }: Answer): number {
  // V8 keeps a text of ASCII in a byte for each character, most others in two
  if (typeof body === 'string')
    return OVERHEAD + (Buffer.byteLength(body) === body.length ? body.length : body.length * 2)
  return body instanceof Uint8Array ? OVERHEAD + body.length : Infinity
}

/** A call that notes what is looked at beyond method, path and query. */
class WatchedCall implements Call {
  readonly headers = new Map<string, string | undefined>()
  /** Whether something was looked at that two calls never share. */
  isOpen = false
  readonly #call: Call

  constructor(call: Call) {
    this.#call = call
  }

  get method(): string {
    return this.#call.method
  }

  get path(): string {
    return this.#call.path
  }

  get params(): Call['params'] {
    return this.#call.params
  }

  get query(): Call['query'] {
    return this.#call.query
  }

  get origin(): string {
    return this.#call.origin
  }

  get remoteAddress(): string {
    this.isOpen = true
    return this.#call.remoteAddress
  }

  get connection(): object {
    this.isOpen = true
    return this.#call.connection
  }

  get signal(): AbortSignal {
    return this.#call.signal
  }

  known(...user: Parameters<Call['known']>): void {
    this.#call.known(...user)
  }

  header(name: string): string | undefined {
    const value = this.#call.header(name)
    this.headers.set(name, value)
    return value
  }

  body(...from: Parameters<Call['body']>): Promise<Uint8Array> {
    // that of a GET is no part of the key
    if (this.method === 'GET' || this.method === 'HEAD') this.isOpen = true
    return this.#call.body(...from)
  }
}
