import { toBase64 } from '../base/bytes.ts'
import type { CertmanError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { HttpReply } from '../http/request.ts'
import type { RemoteSetup } from './dialect.ts'
import { isHtml, isPage, replyError, type ReplyFault } from './reply-errors.ts'

/** What a call says for the case that it is refused; its hint is closer than what the vendor says to any call. */
export type Spoken = Pick<ReplyFault, 'thing' | 'codes' | 'hint'>

/** `Authorization` of RFC 7617. */
export const basicHeader = (user: string, password: string): string =>
  `Basic ${toBase64(new TextEncoder().encode(`${user}:${password}`))}`

/** The connection of a client: a vendor adds how a call is sent, and what its refusals mean. */
export abstract class VendorLink<Call extends Spoken> {
  readonly setup: RemoteSetup
  /** `Dialect.title`. */
  protected abstract readonly vendor: string

  constructor(setup: RemoteSetup) {
    this.setup = setup
  }

  get now(): Date {
    return this.setup.ambient.now()
  }

  /** A setting of the store (`--set NAME=VALUE`); an empty one says nothing. */
  option(name: string): string | undefined {
    return this.setup.options[name] || undefined
  }

  /** Sends; any status is an answer. */
  abstract ask(call: Call): Promise<HttpReply>

  /** What a refusal means here and nowhere else. */
  protected abstract meaning(reply: HttpReply): Pick<ReplyFault, 'message' | 'codes' | 'hint'>

  /** Sends, and passes the 200s but for web pages. @throws {CertmanError} naming vendor, call and status */
  async call(call: Call): Promise<HttpReply> {
    return this.pass(await this.ask(call), call)
  }

  /** The body of a call as JSON. */
  async json(call: Call): Promise<Json> {
    return (await this.call(call)).json()
  }

  /** The answer about what may be missing: undefined at 404. @throws {PageForRecord} where a page says so */
  async find(call: Call): Promise<HttpReply | undefined> {
    const reply = await this.ask(call)
    return reply.status === 404 && this.saysMissing(reply, call) ? undefined : this.pass(reply, call)
  }

  /** Whether a 404 is the API's own: a page is that of another program. */
  protected saysMissing(reply: HttpReply, _call: Call): boolean {
    return !isHtml(reply)
  }

  /** @throws {CertmanError} for every status but the 200s, and for a web page */
  pass(reply: HttpReply, call: Spoken = {}): HttpReply {
    if (reply.status >= 200 && reply.status < 300 && !isPage(reply)) return reply
    throw this.refusal(reply, call)
  }

  /** The error of a reply, in the server's own words. */
  refusal(reply: HttpReply, { thing, codes, hint }: Spoken = {}): CertmanError {
    const meant = this.meaning(reply)
    return replyError(reply, {
      vendor: this.vendor,
      store: this.setup.name,
      thing,
      message: meant.message,
      codes: codes ?? meant.codes,
      // who is not let in looks at the credential first, whatever the call was about
      hint: (reply.status === 401 ? undefined : hint) ?? meant.hint,
    })
  }
}
