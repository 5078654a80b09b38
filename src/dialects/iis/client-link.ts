import type { CertmanError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { HttpReply } from '../../http/request.ts'
import type { RemoteSetup } from '../dialect.ts'
import { textMember } from '../members.ts'
import { jsonIn, type ReplyFault, strangeAnswer, wordsOf } from '../reply-errors.ts'
import { VendorLink, type Spoken } from '../vendor-link.ts'
import { HEADER, listMember, readStoreItem, type WireStoreItem } from './wire.ts'

/** How messages call it. */
export const VENDOR = 'IIS Administration'

/** One call below `/api`. */
export interface ApiCall extends Spoken {
  readonly method?: 'GET' | 'HEAD'
  /** `/certificates?fields=*`; empty for the root. */
  readonly path: string
  /** `certificates=0-49`. */
  readonly range?: string
}

/** The connection with its key and its error messages. */
export class Link extends VendorLink<ApiCall> {
  protected readonly vendor = VENDOR

  /** `--set store=…` */
  get storeName(): string | undefined {
    return this.option('store')?.trim() || undefined
  }

  override async ask({ method = 'GET', path, range }: ApiCall): Promise<HttpReply> {
    const { http, credential } = this.setup
    const base = /\/api\/?$/i.test(http.base.pathname) ? '' : '/api'
    const secret = await credential?.secret()
    return http.send({
      method,
      path: `${base}${path}`,
      headers: {
        // without `hal` there are no links; any JSON is read
        Accept: 'application/hal+json, application/json',
        ...secret?.useText((token) => ({ [HEADER.token]: `Bearer ${token.trim()}` })),
        ...(range !== undefined && { Range: range }),
      },
    })
  }

  protected override meaning(reply: HttpReply): Meaning {
    return meaningOf(reply, this.setup)
  }

  /** The certificate stores of the host; undefined for a host that is older than they are. */
  async stores(): Promise<readonly WireStoreItem[] | undefined> {
    const call = { path: '/certificates/stores?fields=*' }
    const reply = await this.ask(call)
    if (reply.status === 404) return undefined
    const items = listMember(this.pass(reply).json(), 'stores')
    if (!items) throw unexpected(reply, 'no list of stores')
    return items.map(readStoreItem).filter((item) => item !== undefined)
  }
}

/** The error of an answer that is no answer of this API. */
export const unexpected = (reply: HttpReply, what: string): CertmanError => strangeAnswer(VENDOR, reply, what)

type Meaning = Pick<ReplyFault, 'codes' | 'hint' | 'message'>

function meaningOf(reply: HttpReply, { http }: RemoteSetup): Meaning {
  const body = jsonIn(reply)
  const newKey = `make a new API key at ${http.base.origin}/security/tokens and give it to the store: certman store add --help`
  if (reply.status === 401) return { message: 'Windows authentication is asked for', hint: WINDOWS }
  if (reply.status === 403) {
    if (isTokenFault(reply, body))
      return {
        codes: { 403: 'auth.failed' },
        message: 'the API key is missing, unknown or expired',
        hint: newKey,
      }
    return storeFault(body)
  }
  if (reply.status === 500 && reply.body.length === 0)
    return { hint: `release 6.0.0 says no more of an API key that is unknown or expired: ${newKey}` }
  return {}
}

const WINDOWS =
  'certman speaks no NTLM or Kerberos: on the host, set security.require_windows_authentication to false and access_policy.api.users to Everyone'

const isTokenFault = (reply: HttpReply, body: Json | undefined): boolean =>
  textMember(body, 'authentication_scheme') === 'Bearer' ||
  /^Bearer\b/i.test(reply.header('www-authenticate') ?? '')

function storeFault(body: Json | undefined): Meaning {
  const name = textMember(body, 'name')
  const store = name === undefined ? undefined : textMember(body, name)
  if (store === undefined) return {}
  const detail = textMember(body, 'detail')
  const message = `${detail ?? 'it may not be read'} (certificate store ${store})`
  return { message, hint: 'the claims and passwords of certificate stores are settings of the host' }
}

/** Whether one certificate store, or one file in it, spoils the list of all. */
export const isSpoiled = (reply: HttpReply): boolean =>
  reply.status === 500 || (reply.status === 403 && textMember(jsonIn(reply), 'name') === 'certificate_store')

/** What a host says of a failure, or its status, for one line. */
export const shortly = (reply: HttpReply): string => wordsOf(reply) ?? `status ${reply.status}`
