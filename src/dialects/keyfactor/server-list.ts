import type { Json } from '../../base/json.ts'
import type { ServedStore } from '../house.ts'
import { fieldIs, type Filter, type Sort } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import { type KeyfactorKind, keyfactorFieldNames } from '../../query/keyfactor-fields.ts'
import { parseKeyfactorQuery } from '../../query/keyfactor-parse.ts'
import type { Answer, Call } from '../../http/exchange.ts'
import type { Steadiness } from '../remembered.ts'
import { queryFault } from './errors.ts'
import { ok, counted } from './server-answer.ts'
import { pageAcross, type Across, type Page } from './server-across.ts'
import type { Desk } from './server-desk.ts'
import { both, foundIn, localFilter, scopeOf, type Found, type Scope } from './server-scope.ts'
import { booleanParameter, numberParameter, parameter, sortField } from './server-request.ts'
import { includesOf, Shower } from './server-show.ts'

/** Sort fields are those of queries, not members of answers: `Id` is refused, as the vendor refuses it. */
const SORT_FIELDS: Readonly<Record<string, string>> = {
  certid: 'id',
  issuedcn: 'subject',
  cn: 'subject',
  issueddn: 'subject',
  issuerdn: 'issuer',
  issueddate: 'notBefore',
  notbefore: 'notBefore',
  effectivedate: 'notBefore',
  expirationdate: 'notAfter',
  notafter: 'notAfter',
  importdate: 'importedAt',
  thumbprint: 'thumbprint',
  serialnumber: 'serialNumber',
  certstate: 'state',
  keysize: 'publicKey.size',
  keysizeinbits: 'publicKey.size',
  templatename: 'profile',
  name: 'name',
  friendlyname: 'friendlyName',
}

/** Rows of a page where nobody says how many, and the most that are given. */
const PAGE = 50
const MOST = 10_000

type Window = Pick<Across, 'limit' | 'offset'>

/** Where in a listing a page lies; 0 is what clients send for what they leave open. @throws {WireFault} 400 */
export function windowOf(desk: Pick<Desk, 'call'>): Window {
  const limit = Math.min(numberParameter(desk.call, 'returnLimit') || PAGE, MOST)
  const page = Math.max(numberParameter(desk.call, 'pageReturned') ?? 1, 1)
  return { limit, offset: (page - 1) * limit }
}

/** The order that a call asks for: 0 is ascending, 1 descending. @throws {WireFault} 400 */
function sortOf({ call }: Desk, fields: Readonly<Record<string, string>>): readonly Sort[] {
  const name = parameter(call, 'sortField') ?? parameter(call, 'sortName')
  const descending =
    (numberParameter(call, 'sortAscending', 1) ?? numberParameter(call, 'sortOrder', 1)) === 1
  if (name === undefined) return descending ? [{ field: 'id', descending }] : []
  return [{ field: sortField(fields, name), descending }]
}

/** A query's text as a filter. @throws {WireFault} 400 naming the column */
export function filterOfQuery(text: string | undefined, kind: KeyfactorKind = 'certificate'): Filter {
  try {
    return parseKeyfactorQuery(text ?? '', kind)
  } catch (error) {
    throw queryFault(error)
  }
}

const notIn = (state: string): Filter => ({ op: 'not', term: fieldIs('state', state) })

/** A query with what is hidden by default: revoked and expired certificates show only when they are asked for. */
export function withHidden(
  query: Filter,
  include: { readonly revoked: boolean; readonly expired: boolean },
): Filter {
  const hidden = [
    ...(include.revoked ? [] : [notIn('revoked')]),
    ...(include.expired ? [] : [notIn('expired')]),
  ]
  return hidden.reduce(both, query)
}

/** What a query means in one store of a scope; a collection's filter has the store's own numbers already. */
export const inScope = async (
  desk: Desk,
  { scope, query }: { readonly scope: Scope; readonly query: Filter },
  served: ServedStore,
): Promise<Filter> => both(scope.filter, await localFilter(desk, served, query))

/** One page of certificates as the query parameters say; `window` is where it lies. */
export const certificatePage = async (desk: Desk, window: Window): Promise<Page> =>
  pageAcross(desk, await certificatesAsked(desk, window))

/** What the query parameters ask for. @throws {WireFault} 400 */
export async function certificatesAsked(desk: Desk, window: Window): Promise<Across> {
  const { call } = desk
  const scope = await scopeOf(desk)
  const text = parameter(call, 'queryString') ?? parameter(call, 'query')
  const query = withHidden(filterOfQuery(text), {
    revoked: booleanParameter(call, 'includeRevoked'),
    expired: booleanParameter(call, 'includeExpired'),
  })
  return {
    kind: 'certificate',
    stores: scope.stores,
    filterOf: (served) => inScope(desk, { scope, query }, served),
    sort: sortOf(desk, SORT_FIELDS),
    ...window,
  }
}

/** A collection may speak of the time of day. */
export const holdsOutside = (call: Call): Steadiness =>
  parameter(call, 'collectionId') === undefined ? 'steady' : 'moment'

/** A query too; without one only what has expired is left out. */
export const holdsUnasked = (call: Call): Steadiness =>
  (parameter(call, 'queryString') ?? parameter(call, 'query') ?? parameter(call, 'collectionId')) ===
  undefined
    ? 'validity'
    : 'moment'

/** `GET /Certificates` */
export async function listCertificates(desk: Desk): Promise<Answer> {
  const shower = new Shower(desk, includesOf(desk))
  const { rows, total } = await certificatePage(desk, windowOf(desk))
  const bodies = await Promise.all(rows.map(({ served, row }) => shower.listed(served, row)))
  return counted(bodies, total)
}

/** `GET /Certificates/QueryParsers` */
export const queryParsers = async (): Promise<Answer> =>
  ok([{ Name: 'Certificate', Fields: [...keyfactorFieldNames('certificate')] }])

/** A listing of another kind: its fields, and how a row is put on the wire. */
export interface OtherListing {
  readonly kind: Extract<RecordKind, KeyfactorKind>
  readonly filter?: Filter
  readonly sortFields: Readonly<Record<string, string>>
  readonly body: (found: Found) => Promise<Json>
}

/** A page of another kind of record over all stores, with `X-Total-Count`. */
export async function listOthers(desk: Desk, listing: OtherListing): Promise<Answer> {
  const { kind, filter = { op: 'all' } as Filter } = listing
  const query = filterOfQuery(parameter(desk.call, 'queryString'), kind)
  const { rows, total } = await pageAcross(desk, {
    kind,
    stores: desk.access.stores,
    filterOf: (served) => localFilter({ ...desk, kinds: { id: kind } }, served, both(filter, query)),
    sort: sortOf(desk, listing.sortFields),
    ...windowOf(desk),
  })
  const bodies = rows.map((each) => listing.body(foundIn(desk, kind, each)))
  return counted(await Promise.all(bodies), total)
}
