import type { Json } from '../base/json.ts'

/** One request of a vendor's client. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query below the base URL (`/api/certificates?x=1`), or an absolute URL of the same origin. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON with its content type; text and bytes as they are. */
  readonly body?: Json | Uint8Array | undefined
  /** Whether it may be sent again after a drop, 429 or 503. Default: GET and HEAD may. */
  readonly repeatable?: boolean | undefined
  /** JSON pointers of the body and names of headers that are secrets, beside the ones that always are. */
  readonly masked?: readonly string[] | undefined
}

/** What came back, whatever the status. */
export interface HttpReply {
  readonly status: number
  /** Names without case; several values joined by `, `. */
  header(name: string): string | undefined
  /** Each `Set-Cookie` as sent. */
  readonly cookies: readonly string[]
  readonly body: Uint8Array
  text(): string
  /**
   * The body as JSON.
   *
   * @throws {CertmanError} `remote.unexpected` naming the call, the status and the content type: HTML, half a page
   */
  json(): Json
  /** `GET https://host/api/certificates`, without query values; for messages. */
  readonly call: string
  /** Whether the call may be made again without harm; what another one asked for may have been done, whatever came back. */
  readonly repeatable: boolean
}

/** A connection to one origin: TLS, proxy, timeouts, retries and credentials that never leave the origin. */
export interface HttpClient {
  /** The configured URL; its path is put before `path`. */
  readonly base: URL
  /**
   * Sends and waits. A status is no error here. Redirects within the origin are followed for GET and HEAD.
   *
   * @throws {CertmanError} `remote.unreachable`, `remote.timeout`, `remote.tls`, `remote.unexpected` (redirect to another
   *   origin, answer over the limit, cut off), `limit.exceeded`
   */
  send(request: HttpRequest): Promise<HttpReply>
  close(): Promise<void>
}

/** How to reach one origin. */
export interface HttpSetup {
  readonly url: URL
  /** PEM of additional trust anchors. */
  readonly ca?: string
  /** SHA-256 of the server's leaf certificate, lower-case hex: then that certificate alone is accepted, by whatever name. */
  readonly pin?: string
  /** Client certificate chain and key, PEM. */
  readonly identity?: { readonly certificates: string; readonly key: string }
  /** `http://proxy:3128`. */
  readonly proxy?: URL
  /** For one attempt, from connect to the last byte. */
  readonly timeoutMs: number
  /** Attempts after the first. */
  readonly retries: number
  /** Waits between attempts; tests hand in one that does not. */
  readonly pause: (milliseconds: number) => Promise<void>
  /** 0 to 1, for the jitter of the back-off. */
  readonly random: () => number
  /** Takes the lines of each call (`> …`), answer (`< …`) and wait (`* …`), secrets masked; absent: nobody listens. */
  readonly trace?: (line: string) => void
}
