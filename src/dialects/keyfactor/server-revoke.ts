import type { Json } from '../../base/json.ts'
import type { Answer } from '../../http/exchange.ts'
import type { Target } from '../../store/store.ts'
import type { ServedStore } from '../house.ts'
import { REMOVE_FROM_HOLD, reasonOf } from './codes.ts'
import { invalid, WIRE_CODES, WireFault, wireFaultOf } from './errors.ts'
import { ok } from './server-answer.ts'
import { everyFound, together } from './server-bulk.ts'
import type { Desk } from './server-desk.ts'
import { certificatesOf } from './server-find.ts'
import { filterOfQuery, withHidden } from './server-list.ts'
import { idList, objectBody, optional, requiredText, optionalText } from './server-request.ts'
import { permitted, scopeOf, scopeOfIds, type Found } from './server-scope.ts'
import { member } from './wire.ts'

/** What is to be done with certificates. */
interface Order {
  readonly reason: number
  readonly date: Date | undefined
}

/** `POST /Certificates/Revoke`: all ids are looked up before the first is revoked. */
export async function revoke(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const ids = idList(member(body, 'CertificateIds'), 'CertificateIds')
  const order = orderOf(desk, body)
  const scope = await scopeOfIds(
    desk,
    optional(body, 'CollectionId', 'number'),
    optional(body, 'ContainerId', 'number'),
  )
  return revokeAll(await certificatesOf(desk, permitted(desk, scope, 'revoke'), ids), order)
}

/** `POST /Certificates/RevokeAll`: what a query finds. */
export async function revokeQuery(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const order = orderOf(desk, body)
  const scope = permitted(desk, await scopeOf(desk), 'revoke')
  const query = withHidden(filterOfQuery(requiredText(body, 'Query')), {
    revoked: optional(body, 'IncludeRevoked', 'boolean') ?? false,
    expired: optional(body, 'IncludeExpired', 'boolean') ?? false,
  })
  return revokeAll(await everyFound(desk, scope, query), order)
}

/** The vendor demands a date: one of this moment is none, and then also suits stores that know no other. */
const MOMENT_MS = 30_000

function orderOf({ house }: Desk, body: Json): Order {
  requiredText(body, 'Comment')
  const reason = optional(body, 'Reason', 'number') ?? 0
  if (reason !== REMOVE_FROM_HOLD && reasonOf(reason) === undefined)
    throw invalid(`The Reason ${reason} is not known.`)
  const text = optionalText(body, 'EffectiveDate')
  const date = text === undefined ? undefined : new Date(text)
  if (date && Number.isNaN(date.getTime())) throw invalid('The EffectiveDate is not a date.')
  const age = date && house.ambient.now().getTime() - date.getTime()
  const isNow = age !== undefined && Math.abs(age) <= MOMENT_MS
  return { reason, date: isNow ? undefined : date }
}

async function revokeAll(found: readonly Found[], order: Order): Promise<Answer> {
  const failed = new Map<number, WireFault>()
  await together(found, orderTo(order), ({ number }, error) => failed.set(number, wireFaultOf(error)))
  const revoked = found.map(({ number }) => number).filter((number) => !failed.has(number))
  const worst = [...failed.values()].at(-1)
  if (worst === undefined) return ok({ RevokedIds: revoked, SuspendedCerts: [] })
  const reasons = [...failed].map(([number, { message }]) => `Certificate ${number}: ${message}`)
  const message = failed.size === 1 ? worst.message : `${failed.size} certificates could not be revoked.`
  const code = worst.status === 403 ? WIRE_CODES.forbidden : WIRE_CODES.general
  throw new WireFault(worst.status, code, { message, reasons })
}

const orderTo =
  ({ reason, date }: Order) =>
  ({ store }: ServedStore, targets: readonly Target[]): Promise<unknown> => {
    const name = reason === REMOVE_FROM_HOLD ? undefined : reasonOf(reason)
    if (name === undefined || name === 'removeFromCRL') return store.release(targets, {})
    return store.revoke(targets, { reason: name, ...(date && { date }) })
  }
