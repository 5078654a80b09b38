import { isCertmanError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import { Secret } from '../../base/secret.ts'
import type { Answer, Call } from '../../http/exchange.ts'
import type { House, ServedUser } from '../house.ts'
import { forbidden, invalid, missing, WireFault, WORDS } from './errors.ts'
import { ROLES } from './map.ts'
import { answerOf, done, failure, found, made, type Era, type Reply } from './server-answer.ts'
import { pathId, readBody, type Body } from './server-body.ts'
import {
  admit,
  receive,
  requirePermit,
  type ApiRoute,
  type Counter,
  type Desk,
  type Handler,
} from './server-desk.ts'
import { eraOfUser } from './server-login.ts'
import type { WireAccount } from './wire.ts'

/** Before July 2025 the address was called `username`. */
const toWire = (user: ServedUser, era: Era): WireAccount & JsonObject => ({
  id: user.number,
  email: user.name,
  ...(era === 'bearer' && { username: user.name }),
  role_id: ROLES.indexOf(user.role),
  has_password: user.hasPassword,
  has_oidc: false,
  auth_methods: user.hasPassword ? ['local'] : [],
})

const list: Handler = async ({ house, era }) =>
  found((await house.gate.accounts.list()).map((user) => toWire(user, era)))

const me: Handler = async ({ access, era }) => found(toWire(access.user, era))

async function accountOf({ house, call }: Pick<Desk, 'house' | 'call'>): Promise<ServedUser> {
  const id = pathId(call)
  const user = (await house.gate.accounts.list()).find(({ number }) => number === id)
  if (user) return user
  throw missing()
}

const show: Handler = async (desk) => found(toWire(await accountOf(desk), desk.era))

const remove: Handler = async (desk) => {
  const { number } = await accountOf(desk)
  const { accounts } = desk.house.gate
  if ((await accounts.list()).length === 1) throw invalid(WORDS.lastAccount)
  await accounts.remove(number)
  return done(202)
}

const changeTheirPassword: Handler = async (desk) => {
  const body = await readBody(desk.call)
  const { number } = await accountOf(desk)
  await desk.house.gate.accounts.setPassword(number, requirePassword(body.text('password')))
  return done(201)
}

const changeOwnPassword: Handler = async ({ call, house, access }) => {
  const body = await readBody(call)
  await house.gate.accounts.setPassword(access.user.number, requirePassword(body.text('password')))
  return done(201)
}

/** Absent is 0: an admin. */
function roleOf(body: Body): (typeof ROLES)[number] {
  const number = body.whole('role_id') ?? 0
  const role = ROLES[number]
  if (role !== undefined) return role
  throw invalid(`invalid role ID: ${number}`)
}

const changeRole: Handler = async (desk) => {
  const body = await readBody(desk.call, 'Invalid JSON format')
  const id = pathId(desk.call)
  const role = roleOf(body)
  if (id === 1) throw invalid(WORDS.firstRole)
  const user = (await desk.house.gate.accounts.list()).find(({ number }) => number === id)
  if (!user) throw new WireFault(404)
  await desk.house.gate.accounts.setRole(id, role)
  return done(201)
}

/** `POST /accounts`: while there is no account anybody near may make the first one, which is an admin's. */
export async function createAccount(counter: Counter, call: Call): Promise<Answer> {
  await receive(counter.house, call)
  const { gate } = counter.house
  const isFirst = (await gate.accounts.list()).length === 0
  if (isFirst) requireNear(counter.house, call)
  else requirePermit(await admit(counter.house, call), 'users')
  const body = await readBody(call)
  const era = eraOfUser(call, body)
  try {
    return answerOf(await create(counter, body, isFirst), era)
  } catch (error) {
    if (error instanceof WireFault) return failure(error, era)
    throw error
  }
}

/** Names of before July 2025 were no addresses. */
async function create({ house }: Counter, body: Body, isFirst: boolean): Promise<Reply> {
  const [address, username] = [body.text('email'), body.text('username')]
  const email = address ?? username ?? ''
  if (email === '') throw invalid(WORDS.emailMissing)
  if (address !== undefined && !isAddress(email)) throw invalid(WORDS.emailForm)
  const password = requirePassword(body.text('password'))
  const role = isFirst ? 'admin' : roleOf(body)
  try {
    return made((await house.gate.accounts.create({ name: email, password, role })).number)
  } catch (error) {
    if (isCertmanError(error, 'name.taken')) throw invalid(WORDS.accountKnown)
    if (isCertmanError(error, 'name.invalid')) throw invalid(WORDS.emailForm)
    throw error
  }
}

/** `local@domain`, as far as a user of this server can be called; `Name <a@b>` is none. */
const isAddress = (text: string): boolean => /^[^\s@<>"\\:]+@[^\s@<>"\\:]+$/.test(text)

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/

/** What proxies add: one on this machine passes on who is elsewhere. */
const OF_PROXIES = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'] as const

/**
 * Whether a call may make the first account without logging in: from this machine and through no proxy, or with
 * `notary.first-account=anyone` from everywhere.
 *
 * @throws {WireFault} 403
 */
export function requireNear({ options }: Pick<House, 'options'>, call: Call): void {
  if (options['notary.first-account'] === 'anyone') return
  const isPassedOn = OF_PROXIES.some((name) => call.header(name) !== undefined)
  if (isPassedOn || !LOOPBACK.test(call.remoteAddress)) throw forbidden()
}

/** What a password must be: 8 bytes, an upper-case and a lower-case letter, and a digit or a symbol. */
function requirePassword(password: string | undefined): Secret {
  if (password === undefined || password === '') throw invalid(WORDS.passwordMissing)
  const isStrong =
    Buffer.byteLength(password) >= 8 &&
    /\p{Lu}/u.test(password) &&
    /\p{Ll}/u.test(password) &&
    /[\p{N}\p{P}\p{S}]/u.test(password)
  if (isStrong) return new Secret(password)
  throw invalid(WORDS.passwordWeak)
}

/** Accounts, but for their making. */
export const ACCOUNT_ROUTES: readonly ApiRoute[] = [
  ['GET', '/accounts', 'users', list],
  ['GET', '/accounts/me', 'all', me],
  ['POST', '/accounts/me/change_password', 'all', changeOwnPassword],
  ['GET', '/accounts/{id}', 'users', show],
  ['DELETE', '/accounts/{id}', 'users', remove],
  ['POST', '/accounts/{id}/change_password', 'users', changeTheirPassword],
  ['PUT', '/accounts/{id}/role', 'users', changeRole],
]
