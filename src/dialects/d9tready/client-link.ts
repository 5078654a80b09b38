import { toBase64 } from '../../base/bytes.ts'
import type { CertmanError, ErrorCode } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import type { HttpReply, HttpRequest } from '../../http/request.ts'
import type { RemoteSetup } from '../dialect.ts'
import { isHtml, replyError, requireOk, wordsOf, type ReplyFault } from '../reply-errors.ts'
import { ROOT, VENDOR } from './wire.ts'

/** One call of the API. */
export interface ApiCall {
  readonly method: HttpRequest['method']
  /** Below the root: `/privatekeys/1`. */
  readonly path: string
  readonly body?: JsonObject
  readonly accept?: string
  readonly repeatable?: boolean
  /** The record asked for, as `certificate "7"`. */
  readonly thing?: string
}

const CODES: Readonly<Partial<Record<number, ErrorCode>>> = { 409: 'name.taken' }

/** The connection with its credential and its error messages. */
export class Link {
  readonly setup: RemoteSetup

  constructor(setup: RemoteSetup) {
    this.setup = setup
  }

  get now(): Date {
    return this.setup.ambient.now()
  }

  /** Sends and passes the 200s only. @throws {CertmanError} naming vendor, call and status */
  async call(call: ApiCall): Promise<HttpReply> {
    return this.pass(await this.ask(call), call)
  }

  /** The same for what may be missing: undefined at 404. */
  async find(call: ApiCall): Promise<HttpReply | undefined> {
    const reply = await this.ask(call)
    // a page of another program is no answer of the API
    return reply.status === 404 && !isHtml(reply) ? undefined : this.pass(reply, call)
  }

  /** Sends; any status is an answer. */
  async ask({ method, path, body, accept = 'application/json', repeatable }: ApiCall): Promise<HttpReply> {
    const { http } = this.setup
    // the whole address: a base with a path of its own would end in a slash at the root
    const { origin, pathname } = http.base
    const base = `${origin}${pathname === '/' ? ROOT : pathname.replace(/\/+$/, '')}`
    return http.send({
      method,
      path: `${base}${path}`,
      headers: { Accept: accept, ...(await this.#credential()) },
      ...(body !== undefined && { body, masked: ['/key'] }),
      ...(repeatable !== undefined && { repeatable }),
    })
  }

  /** @throws {CertmanError} for every status but the 200s */
  pass(reply: HttpReply, call: Pick<ApiCall, 'thing'> = {}): HttpReply {
    return requireOk(reply, this.#fault(reply, call))
  }

  /** The error of a reply. */
  refusal(reply: HttpReply, call: Pick<ApiCall, 'thing'> = {}): CertmanError {
    return replyError(reply, this.#fault(reply, call))
  }

  /** 403 is also what the vendor says to a wrong password: only a server that asks for none means a permission. */
  #fault(reply: HttpReply, { thing }: Pick<ApiCall, 'thing'>): ReplyFault {
    const means: ErrorCode =
      wordsOf(reply) === undefined || reply.header('www-authenticate') !== undefined
        ? 'auth.failed'
        : 'auth.forbidden'
    return {
      vendor: VENDOR,
      store: this.setup.name,
      ...(thing !== undefined && { thing }),
      codes: { ...CODES, 403: means },
      ...(reply.status === 403 && {
        hint: `${VENDOR} answers 403 to a wrong user or password and to what is not permitted: certman store show ${this.setup.name}`,
      }),
    }
  }

  async #credential(): Promise<Record<string, string>> {
    const { credential } = this.setup
    if (!credential) return {}
    const secret = await credential.secret()
    const token = secret.useText((text) => toBase64(Buffer.from(`${credential.user ?? ''}:${text}`)))
    return { Authorization: `Basic ${token}` }
  }
}
