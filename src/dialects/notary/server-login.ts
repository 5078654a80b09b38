import type { JsonObject } from '../../base/json.ts'
import type { Answer, Call } from '../../http/exchange.ts'
import { bearerOf } from '../credentials.ts'
import type { House } from '../house.ts'
import { invalid, WireFault, WORDS } from './errors.ts'
import { answerOf, cookieOf, eraOf, failure, found, jsonAnswer, type Era } from './server-answer.ts'
import { readBody, requireSmall, type Body } from './server-body.ts'
import type { Handler } from './server-desk.ts'
import { COOKIE, type WireStatus } from './wire.ts'

/** The release whose API this is. */
const VERSION = '1.1.0'

/** A token lives for an hour, its cookie for two. */
const TOKEN_SECONDS = 3600
const COOKIE_SECONDS = 7200

const ATTRIBUTES = 'HttpOnly; Secure; SameSite=Strict'

/** Clients of 2025 come without a token first, and know neither cookie nor `data`. */
const servesOldClients = ({ options }: Pick<House, 'options'>): boolean =>
  options['notary.login-token'] === 'body'

/** Who names a `username` is of before July 2025, whether a token comes along or not. */
export const eraOfUser = (call: Call, body: Body): Era =>
  body.text('email') === undefined && body.text('username') !== undefined ? 'bearer' : eraOf(call)

/** `GET /status`: open to all, and before there is any account. */
export async function status(house: House, call: Call): Promise<Answer> {
  const initialized = (await house.gate.accounts.list()).length > 0
  const data = { initialized, version: VERSION, oidc_enabled: false } satisfies WireStatus & JsonObject
  const isBoth = eraOf(call) === 'cookie' && servesOldClients(house)
  return isBoth ? jsonAnswer(200, { data, result: data }) : answerOf(found(data), eraOf(call))
}

/**
 * `POST /login`. Callers of before July 2025 send `username` and find the token in the body, or `error`; to others the
 * body is empty, unless `notary.login-token=body` asks for the token.
 */
export async function login(house: House, call: Call): Promise<Answer> {
  await requireSmall(call, 'stranger')
  const body = await readBody(call)
  try {
    return await loggedIn(house, call, body)
  } catch (error) {
    if (error instanceof WireFault) return failure(error, eraOfUser(call, body))
    throw error
  }
}

async function loggedIn(house: House, call: Call, body: Body): Promise<Answer> {
  const email = body.text('email') ?? body.text('username') ?? ''
  if (email === '') throw invalid(WORDS.emailMissing)
  const password = body.text('password') ?? ''
  if (password === '') throw invalid(WORDS.passwordMissing)
  const access = await house.gate.password(email, password, call.remoteAddress)
  if (!access) throw new WireFault(401, WORDS.credentials)
  call.known(access.user.name)
  const token = await house.gate.openSession(access.user, TOKEN_SECONDS)
  const expires = new Date(house.ambient.now().getTime() + COOKIE_SECONDS * 1000).toUTCString()
  const cookie = `${COOKIE}=${token}; Path=/; Expires=${expires}; ${ATTRIBUTES}`
  const inBody = body.text('email') === undefined || servesOldClients(house)
  const result = inBody ? { result: { token } } : {}
  return jsonAnswer(200, result, { 'Set-Cookie': cookie })
}

/** `POST /logout`: the session ends, the cookie expires. */
export async function logout(house: House, call: Call): Promise<Answer> {
  const token = cookieOf(call) ?? bearerOf(call)
  if (token !== undefined) await house.gate.closeSession(token)
  const cookie = `${COOKIE}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ${ATTRIBUTES}`
  return answerOf({ status: 200, headers: { 'Set-Cookie': cookie } }, 'cookie')
}

/** `GET /api/v1/config`. */
export const config: Handler = async ({ call }) => {
  const { port, protocol } = new URL(call.origin)
  return found({
    port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    pebble_notifications: false,
    logging_level: 'info',
    logging_output: 'stdout',
    encryption_backend_type: 'none',
    acme_enabled: false,
  })
}
