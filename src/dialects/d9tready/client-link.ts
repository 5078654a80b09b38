import type { ErrorCode } from '../../base/errors.ts'
import { commandOn } from '../../base/text.ts'
import type { HttpReply, HttpRequest } from '../../http/request.ts'
import { wordsOf, type ReplyFault } from '../reply-errors.ts'
import { VendorLink, type Spoken, basicHeader } from '../vendor-link.ts'
import { ROOT, VENDOR } from './wire.ts'

/** One call of the API. */
export interface ApiCall extends Spoken, Pick<HttpRequest, 'method' | 'body' | 'repeatable'> {
  /** Below the root: `/privatekeys/1`. */
  readonly path: string
  readonly accept?: string
}

/** The connection with its credential and its error messages. */
export class Link extends VendorLink<ApiCall> {
  protected readonly vendor = VENDOR

  override async ask({
    method,
    path,
    body,
    accept = 'application/json',
    repeatable,
  }: ApiCall): Promise<HttpReply> {
    const { http } = this.setup
    // the whole address: a base with a path of its own would end in a slash at the root
    const { origin, pathname } = http.base
    const base = `${origin}${pathname === '/' ? ROOT : pathname.replace(/\/+$/, '')}`
    return http.send({
      method,
      path: `${base}${path}`,
      headers: { Accept: accept, ...(await this.#credential()) },
      ...(body !== undefined && { body, masked: ['/key'] }),
      repeatable,
    })
  }

  /** No document shows what a 404 looks like: about a record it counts in any form. The lists tell whether the URL is wrong. */
  protected override saysMissing(reply: HttpReply, call: ApiCall): boolean {
    return call.thing !== undefined || super.saysMissing(reply, call)
  }

  /** 403 is also what the vendor says to a wrong password: only a server that asks for none means a permission. */
  protected override meaning(reply: HttpReply): Pick<ReplyFault, 'codes' | 'hint'> {
    const means: ErrorCode =
      wordsOf(reply) === undefined || reply.header('www-authenticate') !== undefined
        ? 'auth.failed'
        : 'auth.forbidden'
    return {
      codes: { 403: means, 409: 'name.taken' },
      ...(reply.status === 403 && {
        hint: `${VENDOR} answers 403 to a wrong user or password and to what is not permitted: ${commandOn('store show', this.setup.name)}`,
      }),
    }
  }

  async #credential(): Promise<Record<string, string>> {
    const { credential } = this.setup
    if (!credential) return {}
    const secret = await credential.secret()
    return secret.useText((text) => ({ Authorization: basicHeader(credential.user ?? '', text) }))
  }
}
