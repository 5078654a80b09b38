import type { Ambient } from '../../base/ambient.ts'
import { guidText } from '../../base/guid.ts'
import type { Answer } from '../../http/exchange.ts'
import { requestHex } from '../request-guid.ts'
import { withHeaders } from '../with-headers.ts'
import { errorBody, wireFaultOf } from './errors.ts'

/** A body as the service writes it: indented by two, lines end with CR LF. */
const wireJson = (body: object): string => JSON.stringify(body, null, 2).replaceAll('\n', '\r\n')

/** What every answer carries. */
export function standardHeaders(ambient: Ambient): Record<string, string> {
  return {
    'Cache-Control': 'no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    'X-Content-Type-Options': 'nosniff',
    'x-ms-request-id': guidText(requestHex(ambient)),
  }
}

/** JSON under a status. */
export const answer = (
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
  body: wireJson(body),
})

/** A status alone; `Content-Length: 0` where the status can have a body. */
export const empty = (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  status === 204 ? { status, headers } : { status, headers, body: '' }

const CHALLENGE =
  'SharedAccessSignature realm="", error="invalid_token", error_description="User is not found or signature is invalid."'

/** The answer to whatever a handler threw: always JSON, since clients trip over anything else. */
export function failure(error: unknown): Answer {
  const fault = wireFaultOf(error)
  const { status } = fault
  return withHeaders(answer(status, errorBody(fault)), {
    ...(status === 401 && { 'WWW-Authenticate': [CHALLENGE, 'Bearer'] }),
    ...(status === 503 && { 'Retry-After': '1' }),
  })
}
