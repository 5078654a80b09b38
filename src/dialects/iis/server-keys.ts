import { isObject, jsonOf, type JsonObject, defined } from '../../base/json.ts'
import { hmacSha256 } from '../../crypto/hmac.ts'
import { sameText } from '../../crypto/password-hash.ts'
import type { Answer, Call } from '../../http/exchange.ts'
import type { ApiKey } from '../house.ts'
import { parseTime } from '../../query/time.ts'
import { textMember } from '../members.ts'
import { roundTrip } from '../shared-access.ts'
import { badXsrf, invalidParameter, noObject, notFound, noToken } from './errors.ts'
import { said } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { HEADER, objectMember } from './wire.ts'

const KEYS = 'Microsoft.WebServer.ApiKeys'
const TOKEN = 'Microsoft.WebServer.AccessToken'
const PATH = '/security/api-keys'
const MAX_PURPOSE = 256

/** An answer with a token in it is nobody's to keep; hosts let it be cached. */
const UNKEPT = { 'Cache-Control': 'no-store' } as const

const instant = (text: string | null): string => (text === null ? '' : roundTrip(new Date(text)))

function keyJson(key: ApiKey, hal: boolean): JsonObject {
  return {
    purpose: key.purpose,
    id: key.id,
    created_on: instant(key.createdAt),
    last_modified: instant(key.modifiedAt),
    expires_on: instant(key.expiresAt),
    ...(hal && { _links: { self: { href: `${PATH}/${key.id}` } } }),
  }
}

/** The pair of cookie and header that changes below `/security` need: the header's value follows from the cookie's. */
function xsrfPair({ call, house, access }: Desk): Record<string, string> {
  const cookie = Buffer.from(house.ambient.random(24)).toString('base64url')
  const secure = call.origin.startsWith('https:') ? '; secure' : ''
  return {
    [HEADER.xsrf]: xsrfToken(house.hostKey, cookie, access.user.number),
    'Set-Cookie': `${HEADER.xsrf}=${cookie}; path=/; samesite=strict${secure}; httponly`,
  }
}

const xsrfToken = (key: Uint8Array, cookie: string, user: number): string =>
  Buffer.from(hmacSha256(key, `xsrf\n${user}\n${cookie}`)).toString('base64url')

/** @throws {WireFault} 400 */
function requireXsrf({ call, house, access }: Desk): void {
  const cookie = /(?:^|;)\s*XSRF-TOKEN=([\w-]{1,128})/.exec(call.header('cookie') ?? '')?.[1]
  const given = call.header(HEADER.xsrf)
  if (cookie === undefined || given === undefined) throw badXsrf()
  if (!sameText(xsrfToken(house.hostKey, cookie, access.user.number), given)) throw badXsrf()
}

/** The body as a JSON object. @throws {WireFault} 415 */
async function objectOf(call: Call): Promise<JsonObject> {
  const value = jsonOf(new TextDecoder().decode(await call.body()))
  if (isObject(value)) return value
  throw noObject()
}

/** @throws {WireFault} 400 for what is no text, or too long */
function purposeOf(body: JsonObject): string | undefined {
  const { purpose } = body
  if (purpose === undefined || purpose === null) return undefined
  if (typeof purpose !== 'string' || purpose.length > MAX_PURPOSE) throw invalidParameter('purpose')
  return purpose
}

/**
 * When a key ends: an instant to come, without a zone in UTC; `""` is never.
 *
 * @returns undefined where the body does not say
 * @throws {WireFault} 400
 */
function expiryOf(body: JsonObject, now: Date): string | null | undefined {
  const { expires_on: text } = body
  if (text === undefined) return undefined
  if (text === '') return null
  const end = typeof text === 'string' ? parseTime(text)?.start : undefined
  if (end === undefined || Date.parse(end) <= now.getTime()) throw invalidParameter('expires_on')
  return end
}

/** `GET /security/api-keys`: the caller's own. */
export async function listKeys(desk: Desk): Promise<Answer> {
  const keys = await desk.house.gate.apiKeys.list(desk.access.user)
  const api_keys = keys.map((key) => keyJson(key, desk.hal))
  const headers = { [HEADER.total]: String(keys.length), ...xsrfPair(desk) }
  return said({ name: KEYS, hal: desk.hal }, { api_keys }, { headers })
}

/** `GET /security/api-keys/{id}`. */
export async function getKey(desk: Desk): Promise<Answer> {
  const keys = await desk.house.gate.apiKeys.list(desk.access.user)
  const key = keys.find(({ id }) => id === desk.call.params['id'])
  if (!key) throw notFound()
  return said({ name: KEYS, hal: desk.hal }, keyJson(key, desk.hal), { headers: xsrfPair(desk) })
}

/** `POST /security/api-keys`: the token is told this once. */
export async function createKey(desk: Desk): Promise<Answer> {
  requireXsrf(desk)
  const { house, access, hal } = desk
  const body = await objectOf(desk.call)
  const expiresAt = expiryOf(body, house.ambient.now())
  if (expiresAt === undefined) throw invalidParameter('expires_on')
  const order = { purpose: purposeOf(body) ?? '', expiresAt }
  const { key, token } = await house.gate.apiKeys.create(access.user, order)
  const { _links, ...members } = keyJson(key, hal)
  const shown = { ...members, access_token: token, ...(_links !== undefined && { _links }) }
  return said({ name: KEYS, hal }, shown, {
    status: 201,
    headers: { Location: `${PATH}/${key.id}`, ...UNKEPT },
  })
}

/** `PATCH /security/api-keys/{id}`. */
export async function editKey(desk: Desk): Promise<Answer> {
  requireXsrf(desk)
  const { house, access, call, hal } = desk
  const body = await objectOf(call)
  const change = defined({ purpose: purposeOf(body), expiresAt: expiryOf(body, house.ambient.now()) })
  const key = await house.gate.apiKeys.edit(access.user, call.params['id'] ?? '', change)
  if (!key) throw notFound()
  return said({ name: KEYS, hal }, keyJson(key, hal))
}

/** `DELETE /security/api-keys/{id}`: 204 also where there is none. */
export async function deleteKey(desk: Desk): Promise<Answer> {
  requireXsrf(desk)
  await desk.house.gate.apiKeys.remove(desk.access.user, desk.call.params['id'] ?? '')
  return { status: 204 }
}

/** `GET /security/access-tokens`: for the pair of `XSRF-TOKEN` alone. */
export const tokenPage = async (desk: Desk): Promise<Answer> => ({ status: 204, headers: xsrfPair(desk) })

/** `POST /security/access-tokens`: a new token for a key; the old one is dead. */
export async function renewKey(desk: Desk): Promise<Answer> {
  requireXsrf(desk)
  const id = textMember(objectMember(await objectOf(desk.call), 'api_key'), 'id')
  if (id === undefined) throw invalidParameter('api_key')
  return renewed(desk, id)
}

/** `GET /api/access-token`: the key that the caller came with. */
export async function showToken(desk: Desk): Promise<Answer> {
  const key = await desk.house.gate.apiKeys.keyOf(desk.token)
  if (!key) throw noToken()
  return said({ name: TOKEN, hal: desk.hal }, tokenJson(key, desk.hal))
}

/** `POST /api/access-token`: renews it. */
export async function renewToken(desk: Desk): Promise<Answer> {
  const key = await desk.house.gate.apiKeys.keyOf(desk.token)
  if (!key) throw noToken()
  return renewed(desk, key.id)
}

async function renewed({ house, access, hal }: Desk, id: string): Promise<Answer> {
  const made = await house.gate.apiKeys.renew(access.user, id)
  if (!made) throw notFound()
  const body = tokenJson(made.key, hal, made.token)
  return said({ name: TOKEN, hal }, body, {
    status: 201,
    headers: { Location: '/api/access-token', ...UNKEPT },
  })
}

function tokenJson(key: ApiKey, hal: boolean, value?: string): JsonObject {
  const { id, purpose, expiresAt } = key
  const self = { self: { href: `${PATH}/${id}` } }
  return {
    id,
    expires_on: instant(expiresAt),
    type: 'SWT',
    ...(value !== undefined && { value }),
    api_key: { purpose, id, ...(hal && { _links: self }) },
    ...(hal && { _links: { self: { href: '/api/access-token' } } }),
  }
}
