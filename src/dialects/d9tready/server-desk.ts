import type { Json } from '../../base/json.ts'
import type { Answer, Call, Route } from '../../http/exchange.ts'
import { basicAccess, letIn } from '../credentials.ts'
import type { Access, House } from '../house.ts'
import { remembered, type Holding } from '../remembered.ts'
import { shownBefore } from '../shown-before.ts'
import { Unauthenticated, wireFaultOf } from './errors.ts'
import { ROOT, type WireLink } from './wire.ts'

/** What every handler stands at. */
export interface Desk {
  readonly call: Call
  readonly house: House
  readonly access: Access
  /** Runs a change when those before it are over: a name that is free when it is looked for is so when it is taken. */
  readonly inTurn: <T>(change: () => Promise<T>) => Promise<T>
}

/** Answers one request of a caller who was let in. */
type Handler = (desk: Desk) => Promise<Answer>

/** A route handler that asks for the credential first, whatever comes after. */
export function atDesk(
  { house, inTurn }: Pick<Desk, 'house' | 'inTurn'>,
  handler: Handler,
  holds?: Holding,
): Route['handle'] {
  return async (call) => {
    const access = shownBefore(house, call, 'Basic') ?? (await admit(house, call))
    letIn(call, access)
    const make = (call: Call): Promise<Answer> => handler({ call, house, access, inTurn })
    return remembered(house, { call, access, holds, make })
  }
}

/** Who calls: Basic, on every request. @throws {WireFault} 403 */
async function admit(house: Pick<House, 'gate' | 'ambient'>, call: Call): Promise<Access> {
  const access = await basicAccess(house, call)
  if (access) return access
  throw new Unauthenticated()
}

/** An answer in JSON. */
export const json = (status: number, body: Json, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  body: JSON.stringify(body),
})

/** A link of the caller's view of this server. */
export const link = (call: Call, path: string, rel: string): WireLink => ({
  href: `${call.origin}${ROOT}${path}`,
  rel,
})

/** The answer to whatever a handler threw. */
export function failure(error: unknown): Answer {
  const { status, message } = wireFaultOf(error)
  return json(status, { message }, {
    // the vendor says 403; the header makes tools ask for the password
    ...(error instanceof Unauthenticated && { 'WWW-Authenticate': 'Basic realm="d9tready"' }),
    ...(status === 503 && { 'Retry-After': '1' }),
  } as Record<string, string>)
}
