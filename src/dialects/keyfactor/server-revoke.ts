import { CertmanError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { Answer } from '../../http/exchange.ts'
import { REMOVE_FROM_HOLD, reasonOf } from './codes.ts'
import { invalid, WIRE_CODES, WireFault, wireFaultOf } from './errors.ts'
import { ok } from './server-answer.ts'
import { pageAcross } from './server-across.ts'
import type { Desk } from './server-desk.ts'
import { certificateOf } from './server-find.ts'
import { filterOfQuery, inScope, withHidden } from './server-list.ts'
import { idList, objectBody, optional, requiredText } from './server-request.ts'
import { scopeOf, scopeOfIds, type Found } from './server-scope.ts'
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
  const found: Found[] = []
  for (const id of new Set(ids)) found.push(await certificateOf(desk, scope, id))
  return revokeAll(found, order)
}

/** `POST /Certificates/RevokeAll`: what a query finds. */
export async function revokeQuery(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const order = orderOf(desk, body)
  const scope = await scopeOf(desk)
  const query = withHidden(filterOfQuery(requiredText(body, 'Query')), {
    revoked: optional(body, 'IncludeRevoked', 'boolean') ?? false,
    expired: optional(body, 'IncludeExpired', 'boolean') ?? false,
  })
  const { rows } = await pageAcross(desk, {
    kind: 'certificate',
    stores: scope.stores,
    filterOf: (served) => inScope(desk, { scope, query }, served),
    sort: [],
    limit: MOST,
    offset: 0,
  })
  const found = rows.map(({ served, row }) => ({
    served,
    row,
    number: desk.numbers.numberOf(served, 'certificate', row.id),
  }))
  return revokeAll(found, order)
}

/** Certificates of one call. */
const MOST = 10_000

/** The vendor demands a date: one of this moment is none, and then also suits stores that know no other. */
const MOMENT_MS = 30_000

function orderOf({ house }: Desk, body: Json): Order {
  requiredText(body, 'Comment')
  const reason = optional(body, 'Reason', 'number') ?? 0
  if (reason !== REMOVE_FROM_HOLD && reasonOf(reason) === undefined)
    throw invalid(`The Reason ${reason} is not known.`)
  const text = optional(body, 'EffectiveDate', 'string')
  const date = text === undefined || text === '' ? undefined : new Date(text)
  if (date && Number.isNaN(date.getTime())) throw invalid('The EffectiveDate is not a date.')
  const age = date && house.ambient.now().getTime() - date.getTime()
  const isNow = age !== undefined && Math.abs(age) <= MOMENT_MS
  return { reason, date: isNow ? undefined : date }
}

async function revokeAll(found: readonly Found[], order: Order): Promise<Answer> {
  const failed: string[] = []
  const revoked: number[] = []
  let worst: WireFault | undefined
  for (const each of found) {
    try {
      await revokeOne(each, order)
      revoked.push(each.number)
    } catch (error) {
      if (!(error instanceof CertmanError)) throw error
      worst = wireFaultOf(error)
      failed.push(`Certificate ${each.number}: ${worst.message}`)
    }
  }
  if (worst === undefined) return ok({ RevokedIds: revoked, SuspendedCerts: [] })
  const message = failed.length === 1 ? worst.message : `${failed.length} certificates could not be revoked.`
  const code = worst.status === 403 ? WIRE_CODES.forbidden : WIRE_CODES.general
  throw new WireFault(worst.status, code, { message, reasons: failed })
}

async function revokeOne({ served: { store }, row }: Found, { reason, date }: Order): Promise<void> {
  const target = { kind: 'certificate', id: row.id } as const
  const name = reason === REMOVE_FROM_HOLD ? undefined : reasonOf(reason)
  if (name === undefined || name === 'removeFromCRL') await store.release([target], {})
  else await store.revoke([target], { reason: name, ...(date && { date }) })
}
