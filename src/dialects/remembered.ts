import { compare } from '../domain/filter.ts'
import type { Answer, Call } from '../http/exchange.ts'
import type { Access, House, ServedStore } from './house.ts'

/**
 * How long an answer holds while nobody changes anything. `steady`: whatever the time of day, but for a minute at most,
 * since files may be edited by hand. `validity`: the same until a certificate expires. `moment`: a second.
 */
export type Steadiness = 'steady' | 'validity' | 'moment'

const MINUTE = 60_000
const MOMENT = 1000

/** Of a route: always the same, or as the call demands. */
export type Holding = Steadiness | ((call: Call) => Steadiness)

/** One row of a vendor's table of routes; `holds` of an answer that may be remembered. */
export type RouteRow<Handler> = readonly [method: string, path: string, handler: Handler, holds?: Holding]

/** A question that may have been answered already. */
export interface Asking {
  readonly call: Call
  readonly access: Access
  /** Absent: it is made anew every time. */
  readonly holds: Holding | undefined
  /** See `Question.variant`. */
  readonly variant?: string
  /** Must have no effects, and tell no secret. */
  readonly make: (call: Call) => Promise<Answer>
}

/**
 * The answer to the same question of the same user, when no store of that user has changed since; else a new one. The
 * rights of a user are in the access: other rights are another access.
 */
export async function remembered(
  { answers, ambient }: Pick<House, 'answers' | 'ambient'>,
  { call, access, holds, variant = '', make }: Asking,
): Promise<Answer> {
  const version = answers && holds && (await versionOf(access))
  if (version === undefined || !answers || !holds) return make(call)
  const steadiness = typeof holds === 'function' ? holds(call) : holds
  // what a confined user sees may depend on the time as a filter does
  const holding = access.collections === undefined ? steadiness : 'moment'
  const most = holding === 'moment' ? MOMENT : MINUTE
  const milliseconds =
    holding === 'validity' ? Math.min(most, await untilEnd(access, version, ambient.now())) : most
  return answers.answer({ call, asker: access, version, milliseconds, variant, make })
}

/** Undefined as soon as one store cannot tell whether it has changed. */
async function versionOf({ stores }: Access): Promise<string | undefined> {
  let all = ''
  for (const { store } of stores) {
    const version = await store.version?.()
    if (version === undefined) return undefined
    all += `${version}\n`
  }
  return all
}

/** When the next certificate of an access expires, found out once for a version. */
const ENDS = new WeakMap<Access, { readonly version: string; readonly end: number }>()

/** Milliseconds until the next certificate expires. */
async function untilEnd(access: Access, version: string, now: Date): Promise<number> {
  const end = knownEnd(access, version, now) ?? (await firstEnd(access, version, now))
  return end - now.getTime()
}

function knownEnd(access: Access, version: string, now: Date): number | undefined {
  const known = ENDS.get(access)
  return known && known.version === version && now.getTime() < known.end ? known.end : undefined
}

async function firstEnd(access: Access, version: string, now: Date): Promise<number> {
  const ends = await Promise.all(access.stores.map((served) => endAfter(served, now)))
  const end = Math.min(...ends)
  ENDS.set(access, { version, end })
  return end
}

async function endAfter({ store }: ServedStore, now: Date): Promise<number> {
  if (!store.can.list.includes('certificate')) return Infinity
  const filter = compare('notAfter', '>=', { type: 'instant', value: now.toISOString() })
  const query = { filter, sort: [{ field: 'notAfter', descending: false }], limit: 1 }
  for await (const { notAfter } of store.list('certificate', query))
    return typeof notAfter === 'string' ? Date.parse(notAfter) + 1 : now.getTime()
  return Infinity
}
