import type { Json } from '../../base/json.ts'
import type { Ambient } from '../../base/ambient.ts'
import { guidText } from '../../base/guid.ts'
import type { Answer } from '../../http/exchange.ts'
import { requestHex } from '../request-guid.ts'
import { errorBody, wireFaultOf } from './errors.ts'
import { HEADER } from './wire.ts'

/** The release whose behaviour the server has; clients read it at login and take an old one when it is absent. */
const PRODUCT_VERSION = '25.4.1'

const ESCAPED = ["'", '<', '>', '&'] as const

/** JSON as .NET writes it: characters that mean something in HTML are escaped. */
function wireJson(value: Json): string {
  const json = JSON.stringify(value)
  // most answers have none of them: four quick looks spare the search with a pattern
  return ESCAPED.some((each) => json.includes(each)) ? json.replace(/['<>&]/g, unicodeEscape) : json
}

const unicodeEscape = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`

/** What every answer carries. `versions` is a list per controller, not per route. */
export function standardHeaders(ambient: Ambient, versions = '1.0'): Record<string, string> {
  const hex = requestHex(ambient)
  // version 4: random
  const guid = guidText(`${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17)}`)
  return {
    [HEADER.product]: PRODUCT_VERSION,
    [HEADER.supported]: versions,
    [HEADER.correlation]: guid,
  }
}

/** 200 with JSON: never 201 or 202, which the vendor's clients take for errors. */
export const ok = (body: Json, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
  body: wireJson(body),
})

/** A list, or a page of it, and how many there are in all. */
export const counted = (rows: readonly Json[], total = rows.length): Answer =>
  ok(rows, { [HEADER.total]: String(total) })

/** 204 without a body. */
export const done = (): Answer => ({ status: 204 })

/** The answer to whatever a handler threw. */
export function failure(error: unknown): Answer {
  const fault = wireFaultOf(error)
  return {
    status: fault.status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      ...(fault.status === 401 && { 'WWW-Authenticate': ['Basic realm="Keyfactor"', 'Bearer'] }),
      ...(fault.status === 503 && { 'Retry-After': '1' }),
    } as Record<string, string | readonly string[]>,
    body: wireJson({ ...errorBody(fault) } as unknown as Json),
  }
}
