import type { Answer, Call, Route } from '../../http/exchange.ts'
import { basicAccess, bearerAccess, letIn } from '../credentials.ts'
import type { Access, House } from '../house.ts'
import type { Numbers } from '../numbers.ts'
import { remembered, type Holding, type RouteRow } from '../remembered.ts'
import { forbidden, unauthorized } from './errors.ts'
import { standardHeaders } from './server-answer.ts'
import { shownBefore } from '../shown-before.ts'
import type { WhileUnchanged } from '../while-unchanged.ts'
import type { Contents } from './server-contents.ts'
import { requireClientHeader } from './server-request.ts'

/** What every handler stands at. */
export interface Desk {
  readonly call: Call
  readonly house: House
  readonly access: Access
  readonly numbers: Numbers
  readonly contents: Contents
  /** What stores were asked a moment ago. */
  readonly asked: WhileUnchanged
}

/** Answers one request of a caller who was let in. */
export type Handler = (desk: Desk) => Promise<Answer>

/** One row of the vendor's table, below the API's path. */
export type ApiRoute = RouteRow<Handler>

/** What else is said of a route. */
interface RouteTerms {
  readonly versions: string
  readonly holds?: Holding | undefined
  /** To users who are confined to collections. */
  readonly isOpen: boolean
}

/** A route handler that asks for the credential first and puts the standard headers on the answer. */
export function atDesk(
  shared: Pick<Desk, 'house' | 'numbers' | 'contents' | 'asked'>,
  handler: Handler,
  { versions, holds, isOpen }: RouteTerms,
): Route['handle'] {
  const { house } = shared
  return async (call) => {
    const access = shownBefore(house, call, 'Basic') ?? (await admit(house, call))
    letIn(call, access)
    if (!isOpen && access.collections !== undefined) throw forbidden(access.user.number)
    requireClientHeader(call)
    const make = (call: Call): Promise<Answer> => handler({ ...shared, call, access })
    const answer = await remembered(house, { call, access, holds, make })
    const headers = Object.assign(standardHeaders(house.ambient, versions), answer.headers)
    return { ...answer, headers }
  }
}

/**
 * Who calls: Basic (a domain before the name is the gate's to drop), or a bearer token.
 *
 * @throws {WireFault} 401
 */
async function admit(house: Pick<House, 'gate' | 'ambient'>, call: Call): Promise<Access> {
  const access = await bearerAccess(house, call, () => basicAccess(house, call))
  if (access) return access
  throw unauthorized()
}
