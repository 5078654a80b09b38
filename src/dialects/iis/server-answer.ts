import { toHex } from '../../base/bytes.ts'
import type { Ambient } from '../../base/ambient.ts'
import type { JsonObject } from '../../base/json.ts'
import type { Answer, Call } from '../../http/exchange.ts'
import type { WireFault } from './errors.ts'

/** The release whose behaviour the server has; media types name it. */
const RELEASE = '6.0.0'

/** Whether the caller asked for links: hosts look for `hal` anywhere but at the beginning. */
export const wantsLinks = (call: Call): boolean =>
  (call.header('accept') ?? '').toLowerCase().indexOf('hal') > 0

/** How a resource is named in media types, and whether it has links of its own. */
export interface Resource {
  readonly name: string
  readonly hal: boolean
}

const mediaType = ({ name, hal }: Resource): string =>
  `application/vnd.${name}.${RELEASE}${hal ? '.hal' : ''}+json; charset=utf-8`

/** Hosts write it on every answer to a caller that they know. */
export const CACHING = { 'Cache-Control': 'public, max-age=0' } as const

/** An answer with a body. */
export function said(
  resource: Resource,
  body: JsonObject | string,
  more: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Answer {
  return {
    status: more.status ?? 200,
    headers: { 'Content-Type': mediaType(resource), ...CACHING, ...more.headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
}

/** The answer to a fault, in the vendor's order of members. */
export function faultAnswer({ status, body, headers }: WireFault): Answer {
  if (body === undefined) return { status, headers: { ...CACHING, ...headers }, body: '' }
  return {
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Content-Language': 'en',
      ...CACHING,
      ...(status === 503 && { 'Retry-After': '1' }),
      ...headers,
    },
    body: JSON.stringify(body),
  }
}

/** An identifier of one answer, as the framework writes it (W3C trace context). */
export const traceIdOf = ({ random }: Pick<Ambient, 'random'>): string =>
  `00-${toHex(random(16))}-${toHex(random(8))}-00`
