import type { Claim } from '../../domain/records.ts'
import type { Answer, Call, Route } from '../../http/exchange.ts'
import { bearerOf, letIn } from '../credentials.ts'
import type { Access, House, ServedStore } from '../house.ts'
import type { Numbers } from '../numbers.ts'
import { remembered, type Holding } from '../remembered.ts'
import type { WhileUnchanged } from '../while-unchanged.ts'
import { forbidden, unauthorized } from './errors.ts'
import { cookieOf, eraOf, type Era, type Reply, wholeAnswerOf } from './server-answer.ts'
import { requireSmall } from './server-body.ts'
import type { Texts } from './server-texts.ts'

/** What every handler stands on. */
export interface Counter {
  readonly house: House
  readonly numbers: Numbers
  readonly texts: Texts
  readonly known: WhileUnchanged
}

/** A caller who was let in, at the counter. */
export interface Desk extends Counter {
  readonly call: Call
  readonly access: Access
  readonly era: Era
}

/** Answers one request of a caller who was let in. */
export type Handler = (desk: Desk) => Promise<Reply>

/**
 * Who may: everyone who is let in, who manages users, who manages authorities and has a claim in a store, or whoever has
 * a claim in a store.
 */
export type Permit = 'all' | 'users' | `authorities:${Claim}` | Claim

/** One row of the vendor's table, below `/api/v1`. */
export type ApiRoute = readonly [
  method: string,
  path: string,
  permit: Permit,
  handler: Handler,
  /** Of an answer that may be remembered. */
  holds?: Holding,
]

/** Where new things may go: all stores that are open to the caller, or the one of `notary.store`. */
export function placesForNew({ access, house }: Pick<Desk, 'access' | 'house'>): readonly ServedStore[] {
  const wanted = house.options['notary.store']
  return wanted === undefined ? access.stores : access.stores.filter(({ name }) => name === wanted)
}

/** A route in the vendor's order of checks: size (413), credential (401), right (403), and then the handler. */
export function atDesk(
  counter: Counter,
  { permit, holds }: { readonly permit: Permit; readonly holds?: Holding | undefined },
  handler: Handler,
): Route['handle'] {
  return async (call) => {
    await receive(counter.house, call)
    const access = await admit(counter.house, call)
    requirePermit(access, permit)
    const era = eraOf(call)
    const make = async (call: Call): Promise<Answer> =>
      wholeAnswerOf(await handler({ ...counter, call, access, era }), era)
    return remembered(counter.house, { call, access, holds, variant: era, make })
  }
}

/** Takes the body, as small as the vendor's: of those who bring no credential at the strangers' door. */
export async function receive(house: House, call: Call): Promise<void> {
  const access = call.method === 'GET' ? undefined : await callerOf(house, call)
  if (access) letIn(call, access)
  await requireSmall(call, access ? undefined : 'stranger')
}

/**
 * Who calls: the session cookie, else a bearer token. Either may hold an API key: clients put one token into both.
 *
 * @throws {WireFault} 401
 */
export async function admit(house: Pick<House, 'gate'>, call: Call): Promise<Access> {
  const access = await callerOf(house, call)
  if (!access) throw unauthorized()
  letIn(call, access)
  return access
}

async function callerOf({ gate }: Pick<House, 'gate'>, call: Call): Promise<Access | undefined> {
  const token = cookieOf(call) ?? bearerOf(call)
  return token === undefined ? undefined : ((await gate.session(token)) ?? (await gate.apiKey(token)))
}

/** @throws {WireFault} 403 */
export function requirePermit(access: Access, permit: Permit): void {
  const { stores, managesUsers, managesAuthorities } = access
  if (permit === 'all') return
  if (permit === 'users') {
    if (managesUsers) return
    throw forbidden()
  }
  const isOfAuthorities = permit.startsWith('authorities:')
  const claim = permit.replace('authorities:', '') as Claim
  const isEnough = stores.some(({ claims }) => claims.includes(claim))
  if (!isEnough || (isOfAuthorities && !managesAuthorities)) throw forbidden()
}
