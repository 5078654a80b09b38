import type { Json } from '../../base/json.ts'
import type { HttpReply, HttpRequest } from '../../http/request.ts'
import { wordsOf, type ReplyFault } from '../reply-errors.ts'
import { VendorLink, type Spoken } from '../vendor-link.ts'
import { credentialHeaders, Session } from './client-session.ts'
import { API, VENDOR } from './wire.ts'

/** One call of the vendor's API. */
export interface ApiCall extends Spoken, Pick<HttpRequest, 'method' | 'body' | 'repeatable'> {
  /** Below `/api/v1`. */
  readonly path: string
}

/** The connection with its session and its error messages. */
export class Link extends VendorLink<ApiCall> {
  protected readonly vendor = VENDOR
  readonly #session = new Session(this.setup)

  /** `GET /status`: open to everyone, and outside of the API's path. */
  async status(): Promise<Json> {
    return this.#session.status()
  }

  /** Sends; any status is an answer. A session that has ended is begun anew, once. */
  override async ask(call: ApiCall): Promise<HttpReply> {
    const token = await this.#session.token()
    const reply = await this.#send(call, token)
    if (reply.status !== 401 || !this.#session.forget(token)) return reply
    return this.#send(call, await this.#session.token())
  }

  /** A 500 has no words: its reason stands in the server's log only. */
  protected override meaning(reply: HttpReply): Pick<ReplyFault, 'hint'> {
    const isMute = reply.status >= 500 && wordsOf(reply) === undefined
    return isMute ? { hint: 'Notary says why in its own log only: look there, or check what was sent' } : {}
  }

  async #send({ method, path, body, repeatable }: ApiCall, token: string | undefined): Promise<HttpReply> {
    return this.setup.http.send({
      method,
      path: `${API}${path}`,
      headers: { Accept: 'application/json', ...credentialHeaders(token) },
      body,
      repeatable,
    })
  }
}
