import { CertmanError, isCertmanError } from '../../base/errors.ts'
import { isObject, type Json, type JsonObject } from '../../base/json.ts'
import type { HttpReply, HttpRequest } from '../../http/request.ts'
import { textMember } from '../members.ts'
import { jsonIn, wordsOf, type ReplyFault } from '../reply-errors.ts'
import { VendorLink, type Spoken } from '../vendor-link.ts'
import { placeOf, type Place } from './client-place.ts'
import { authorization } from './client-token.ts'

/** The vendor's name in messages. */
export const VENDOR = 'Azure API Management'

/** One call of the vendor's API. */
export interface ApiCall extends Spoken, Omit<HttpRequest, 'path' | 'repeatable'> {
  /** Id of a certificate; absent: the collection. */
  readonly id?: string
  readonly query?: Readonly<Record<string, string | undefined>>
}

/** The connection with its credential, its form and its error messages. */
export class Link extends VendorLink<ApiCall> {
  protected readonly vendor = VENDOR
  #place: Place | undefined

  /** @throws {CertmanError} `settings.invalid` */
  get place(): Place {
    return (this.#place ??= placeOf(this.setup))
  }

  /** Sends; any status is an answer. */
  override async ask({ method, id, query = {}, headers, body, masked }: ApiCall): Promise<HttpReply> {
    const { base, version } = this.place
    const pairs = Object.entries({ 'api-version': version, ...query }).filter(
      ([, value]) => value !== undefined,
    )
    const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value!)}`).join('&')
    const item = id === undefined ? '' : `/${encodeURIComponent(id)}`
    return this.#send({
      method,
      path: `${base}/certificates${item}?${text}`,
      ...(headers && { headers }),
      body,
      masked,
    })
  }

  /** The page that an answer refers to; never one of another origin. */
  follow(link: string, from: string): Promise<HttpReply> {
    // a relative one is relative to the origin (RFC 3986 section 5.2)
    const { origin } = this.setup.http.base
    const path = URL.canParse(link, `${origin}${from}`) ? new URL(link, `${origin}${from}`).href : link
    return this.#send({ method: 'GET', path })
  }

  /** With the credential of this moment. */
  async #send(request: HttpRequest): Promise<HttpReply> {
    const credential = await authorization(this.setup)
    try {
      return await this.setup.http.send({ ...request, headers: { ...request.headers, ...credential } })
    } catch (error) {
      throw this.#withHistory(error)
    }
  }

  protected override meaning(reply: HttpReply): Pick<ReplyFault, 'message' | 'hint'> {
    const message = messageOf(reply)
    return { message, hint: hintOf(reply, message ?? '') }
  }

  /** The classic hosts were switched off; a name that is not found any more is the usual sign. */
  #withHistory(error: unknown): unknown {
    const isGone = /\.management\.azure-api\.net$/i.test(this.setup.http.base.hostname)
    if (!isGone || !isCertmanError(error, 'remote.unreachable')) return error
    return new CertmanError('remote.unreachable', error.message, {
      cause: error,
      hint: 'the classic API ended in March 2025: use --url https://management.azure.com --auth bearer --set subscription=… --set resource-group=… --set service=…',
    })
  }
}

/** Code, message and details of `{"error": …}`, or of the same without the wrapper. */
function messageOf(reply: HttpReply): string | undefined {
  const fault = faultIn(reply)
  if (!fault) return wordsOf(reply) ?? challengeOf(reply)
  const details = Array.isArray(fault['details']) ? (fault['details'] as readonly Json[]) : []
  const reasons = details.map((each) => {
    const target = textMember(each, 'target')
    return `${target === undefined ? '' : `${target}: `}${textMember(each, 'message') ?? ''}`
  })
  const words = [textMember(fault, 'message'), ...reasons].filter((text) => text !== undefined && text !== '')
  return words.length === 0 ? textMember(fault, 'code') : words.join(' ')
}

/** A refused signature may be explained in the challenge alone (RFC 6750 section 3). */
const challengeOf = (reply: HttpReply): string | undefined =>
  /\berror_description="([^"]+)"/i.exec(reply.header('www-authenticate') ?? '')?.[1]

function faultIn(reply: HttpReply): JsonObject | undefined {
  const body = jsonIn(reply)
  if (!isObject(body)) return undefined
  return isObject(body['error']) ? body['error'] : body
}

/** The vendor's code of a refusal. */
export const wireCode = (reply: HttpReply): string | undefined => textMember(faultIn(reply), 'code')

function hintOf(reply: HttpReply, message: string): string | undefined {
  if (reply.status === 404) return 'check the URL, and the names of subscription, resource group and service'
  const isVersion =
    wireCode(reply) === 'MissingOrIncorrectVersionParameter' || /API version query/i.test(message)
  return isVersion ? 'choose a version that the service supports: --set api-version=…' : undefined
}
