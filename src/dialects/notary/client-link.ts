import { CertmanError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { HttpReply, HttpRequest } from '../../http/request.ts'
import type { RemoteSetup } from '../dialect.ts'
import { isHtml, replyError, wordsOf } from '../reply-errors.ts'
import { credentialHeaders, Session } from './client-session.ts'
import { API, VENDOR } from './wire.ts'

/** One call of the vendor's API. */
export interface ApiCall {
  readonly method: HttpRequest['method']
  /** Below `/api/v1`. */
  readonly path: string
  readonly body?: Json
  /** A call that changes something may be sent again after a drop only when twice is the same as once. */
  readonly repeatable?: boolean
  /** The record asked for, as `request "7"`. */
  readonly thing?: string
  /** What to do when it is refused, closer than the status tells. */
  readonly hint?: string
}

/** The connection with its session and its error messages. */
export class Link {
  readonly setup: RemoteSetup
  readonly #session: Session

  constructor(setup: RemoteSetup) {
    this.setup = setup
    this.#session = new Session(setup)
  }

  /** `GET /status`: open to everyone, and outside of the API's path. */
  async status(): Promise<Json> {
    return this.#session.status()
  }

  /** Sends and passes the 200s. @throws {CertmanError} naming vendor, call and status */
  async call(call: ApiCall): Promise<HttpReply> {
    return this.pass(await this.ask(call), call)
  }

  /** The body of a call as JSON; nothing at all is an empty object. */
  async json(call: ApiCall): Promise<Json> {
    const reply = await this.call(call)
    return reply.body.length === 0 ? {} : reply.json()
  }

  /** Sends; any status is an answer. A session that has ended is begun anew, once. */
  async ask(call: ApiCall): Promise<HttpReply> {
    const token = await this.#session.token()
    const reply = await this.#send(call, token)
    if (reply.status !== 401 || !this.#session.forget(token)) return reply
    return this.#send(call, await this.#session.token())
  }

  /**
   * Passes what was done: a mistyped URL is answered 200 with the web pages of Notary.
   *
   * @throws {CertmanError} for every status but the 200s, and for HTML
   */
  pass(reply: HttpReply, call: Partial<ApiCall>): HttpReply {
    if (reply.status >= 300 || isHtml(reply)) throw this.refusal(reply, call)
    return reply
  }

  /** The error of a reply. A 500 has no words: its reason stands in the server's log only. */
  refusal(reply: HttpReply, { thing, hint }: Partial<ApiCall>): CertmanError {
    const isMute = reply.status >= 500 && wordsOf(reply) === undefined
    const closer =
      hint ?? (isMute ? 'Notary says why in its own log only: look there, or check what was sent' : undefined)
    return replyError(reply, {
      vendor: VENDOR,
      store: this.setup.name,
      ...(thing !== undefined && { thing }),
      ...(closer !== undefined && reply.status !== 401 && { hint: closer }),
    })
  }

  async #send({ method, path, body, repeatable }: ApiCall, token: string | undefined): Promise<HttpReply> {
    return this.setup.http.send({
      method,
      path: `${API}${path}`,
      headers: { Accept: 'application/json', ...credentialHeaders(token) },
      ...(body !== undefined && { body }),
      ...(repeatable !== undefined && { repeatable }),
    })
  }
}
