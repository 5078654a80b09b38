import type { Answer, Call, Route } from '../../http/exchange.ts'
import { basicAccess, letIn } from '../credentials.ts'
import type { Access, House, ServedStore } from '../house.ts'
import { withHeaders } from '../with-headers.ts'
import { noPassword, noToken } from './errors.ts'
import { remembered, type Holding } from '../remembered.ts'
import type { WhileUnchanged } from '../while-unchanged.ts'
import type { Seal } from './seal.ts'
import { CACHING, wantsLinks } from './server-answer.ts'
import { type Cors, withCors } from './server-cors.ts'

/** What every handler shares. */
export interface Floor {
  readonly house: House
  readonly seal: Seal
  readonly cors: Cors
  /** How many certificates a store has is asked before each range of a long list. */
  readonly asked: WhileUnchanged
}

/** What one handler stands at: a caller who was let in. */
export interface Desk extends Floor {
  readonly call: Call
  readonly access: Access
  /** Whether links are wanted. */
  readonly hal: boolean
  /** The API key that the caller came with; empty below `/security`. */
  readonly token: string
}

/** Answers one request of a caller who was let in. */
export type Handler = (desk: Desk) => Promise<Answer>

/** A route that wants an API key. */
export function withToken(floor: Floor, handler: Handler, holds?: Holding): Route['handle'] {
  return async (call) => {
    const token = tokenOf(call)
    const access = token === undefined ? undefined : await floor.house.gate.apiKey(token)
    if (!access || token === undefined) throw noToken()
    letIn(call, access)
    const hal = wantsLinks(call)
    const make = (call: Call): Promise<Answer> => handler({ ...floor, call, access, token, hal })
    const variant = hal ? 'hal' : ''
    const answer = await remembered(floor.house, { call, access, holds, variant, make })
    return withCors(floor.cors, call, answer)
  }
}

/** `Access-Token: Bearer …`; only where that header is absent, `Authorization: Bearer …`. */
function tokenOf(call: Call): string | undefined {
  const header = call.header('access-token') ?? call.header('authorization')
  return /^Bearer +(\S{1,512})$/i.exec(header?.trim() ?? '')?.[1]
}

/** A route that wants name and password: where hosts want a Windows user. */
export function withPassword(floor: Floor, handler: Handler): Route['handle'] {
  return async (call) => {
    const access = await basicAccess(floor.house, call)
    if (!access) throw noPassword()
    letIn(call, access)
    return withHeaders(await handler({ ...floor, call, access, token: '', hal: wantsLinks(call) }), CACHING)
  }
}

/** A store with its sealed id, and whether the caller may read it. */
export interface Shelf {
  readonly served: ServedStore
  readonly id: string
  readonly readable: boolean
  readonly claims: readonly string[]
}

/** The stores of the caller, in order. A requestor reads what is its own, without a claim. */
export const shelvesOf = ({ access, seal }: Pick<Desk, 'access' | 'seal'>): readonly Shelf[] =>
  access.stores.map((served) => {
    const readable = served.claims.includes('read') || access.user.role === 'requestor'
    const others = served.claims.filter((claim) => claim !== 'read')
    return {
      served,
      id: seal.close('Certificates.Store', served.name),
      readable,
      claims: readable ? ['read', ...others] : others,
    }
  })
