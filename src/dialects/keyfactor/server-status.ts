import type { Answer, Call } from '../../http/exchange.ts'
import { decode } from '../../http/route-pattern.ts'
import { basicCredential } from '../credentials.ts'
import type { Access, House } from '../house.ts'
import { withHeaders } from '../with-headers.ts'
import { failure, ok } from './server-answer.ts'
import type { ApiRoute, Desk } from './server-desk.ts'
import { isOpenToConfined } from './server-confined.ts'

/** How long a token lasts, in seconds. */
const TOKEN_SECONDS = 3_600

/** Of a form that anybody may send. */
const MOST_FORM_BYTES = 16_384

/** `GET /Status/Endpoints`: what a client's login asks; a bare array of `METHOD /path`. */
export const endpoints =
  (routes: readonly ApiRoute[]) =>
  async (desk: Desk): Promise<Answer> => {
    const confined = desk.access.collections !== undefined
    const open = confined ? routes.filter(([method, path]) => isOpenToConfined(method, path)) : routes
    return ok(open.map(([method, path]) => `${method} ${path}`))
  }

/** `GET /Status/HealthCheck`: somebody is there. */
export const healthCheck = async (): Promise<Answer> => ({ status: 204 })

/**
 * Client-credentials grant (RFC 6749 section 4.4): user name and password are client id and secret, as HTTP Basic or in
 * the form. Old clients ask once for every call, so a token costs no more than a password check.
 */
export async function token({ gate }: Pick<House, 'gate'>, call: Call): Promise<Answer> {
  try {
    const form = new URLSearchParams(new TextDecoder().decode(await call.body(MOST_FORM_BYTES, 'stranger')))
    if (form.get('grant_type') !== 'client_credentials') return refused('unsupported_grant_type')
    const access = await client(gate, call, form)
    if (!access) return refused('invalid_client')
    call.known(access.user.name)
    const opened = await gate.openSession(access.user, TOKEN_SECONDS)
    const answer = ok({ access_token: opened, token_type: 'Bearer', expires_in: TOKEN_SECONDS })
    return withHeaders(answer, { 'Cache-Control': 'no-store' })
  } catch (error) {
    return failure(error)
  }
}

async function client(gate: House['gate'], call: Call, form: URLSearchParams): Promise<Access | undefined> {
  // RFC 6749 section 2.3.1: id and secret are form-encoded before they become Basic
  const basic = basicCredential(call)?.map((text) => decode(text.replaceAll('+', ' ')))
  const user = basic?.[0] ?? form.get('client_id')
  const password = basic?.[1] ?? form.get('client_secret') ?? ''
  return user === null ? undefined : gate.password(user, password, call.remoteAddress)
}

const refused = (error: 'invalid_client' | 'unsupported_grant_type'): Answer => ({
  status: error === 'invalid_client' ? 401 : 400,
  headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
  body: JSON.stringify({ error }),
})
