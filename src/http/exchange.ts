/** The query of a URL, in the order it was sent; `+` and `%20` are both blanks. */
export interface CallQuery {
  /** The first value of a name, compared without case; undefined when absent. */
  get(name: string): string | undefined
  /** Every pair, names as sent. */
  readonly pairs: readonly (readonly [name: string, value: string])[]
}

/** One request as a dialect's server sees it; it knows of no socket. */
export interface Call {
  /** Upper case. `HEAD` reaches the route of `GET` unless there is one of its own. */
  readonly method: string
  /** As sent, without the query. */
  readonly path: string
  /** Values of the route's `{name}` segments, percent-decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: CallQuery
  /** A header's value, several joined by `, `; names without case. */
  header(name: string): string | undefined
  /**
   * The body, read once and kept.
   *
   * @param most bytes, where fewer than the server's limit are enough
   * @param from whoever nobody knows yet: it waits where others who work are not in its way, and may have to go
   * @throws {CertmanError} `limit.exceeded` past the limit; `input.invalid` when it was cut off; `server.busy` where too many
   *   are coming, and where all places are taken when it is there
   */
  body(most?: number, from?: 'stranger'): Promise<Uint8Array>
  /** Where the caller reaches this server: `https://host:8443`, no slash at the end. `--public-url`, else the Host header. */
  readonly origin: string
  /** Address of the caller: the peer, or whom a trusted proxy names. */
  readonly remoteAddress: string
  /** Stands for the connection: the same for all calls that come over it. */
  readonly connection: object
  /**
   * Says who calls, as soon as that is known: the access log names those who are refused too.
   *
   * @param most bytes of a body that are read of that user
   */
  known(user: string, most?: number): void
  /** Aborted when the peer has gone or the time limit has passed. */
  readonly signal: AbortSignal
}

/** What goes back. A body of a `HEAD` is measured, not sent. */
export interface Answer {
  readonly status: number
  /** Names as they are to be written; a list writes the header several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
}

/** One row of a dialect's routing table. */
export interface Route {
  /** `GET`, or several; `*` is any. */
  readonly method: string | readonly string[]
  /** `/api/certificates/{id}`: a `{name}` takes one segment; `{name*}` as the last takes the rest. */
  readonly path: string
  readonly handle: (call: Call) => Promise<Answer>
}

/** The routes of one dialect and its ways. */
export interface RouteTable {
  readonly routes: readonly Route[]
  /** Whether `/API/Certificates` is `/api/certificates`. */
  readonly ignoreCase: boolean
  /** First path segments that belong to this dialect: unknown paths below them are answered by `missing`. */
  readonly prefixes: readonly string[]
  /** Answers a path that no route takes (`allow` empty), or a method that its path does not have. */
  readonly missing: (call: Call, allow: readonly string[]) => Answer | Promise<Answer>
  /** Turns whatever a handler threw into the dialect's error form; must not throw. */
  readonly failed: (error: unknown, call: Call) => Answer
}
