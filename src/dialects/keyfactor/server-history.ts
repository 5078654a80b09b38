import type { Json } from '../../base/json.ts'
import type { Answer } from '../../http/exchange.ts'
import { rowOfId } from '../row-of-id.ts'
import { counted } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { certificateOfPath } from './server-find.ts'
import { windowOf } from './server-list.ts'
import { numberParameter, parameter, sortField } from './server-request.ts'
import { type Found } from './server-scope.ts'

interface Event {
  readonly at: string
  readonly user: string
  readonly action: string
  readonly comment: string
}

/** What of an event each sort field is; an operation here takes no time. */
const SORT_FIELDS: Readonly<Record<string, (event: Event) => string>> = {
  operationstart: ({ at }) => at,
  operationend: ({ at }) => at,
  username: ({ user }) => user,
}

/** `GET /Certificates/{id}/History`: what the record itself, and its request, say of its past. */
export async function history(desk: Desk): Promise<Answer> {
  const found = await certificateOfPath(desk)
  const key = sortKeyOf(desk)
  const isDescending = numberParameter(desk.call, 'sortAscending', 1) === 1
  const { limit, offset } = windowOf(desk)
  const numbered = (await eventsOf(found)).map((event, index) => ({ event, id: index + 1 }))
  const order = isDescending ? -1 : 1
  const sorted = numbered.toSorted((a, b) => order * (compare(key(a.event), key(b.event)) || a.id - b.id))
  const items = sorted.slice(offset, offset + limit).map(({ event, id }) => itemOf(event, id))
  return counted(items, numbered.length)
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** Without a sort field: by number. @throws {WireFault} 400 */
function sortKeyOf({ call }: Desk): (event: Event) => string {
  const name = parameter(call, 'sortField')
  return name === undefined ? () => '' : sortField(SORT_FIELDS, name)
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** In the order in which they came about. */
async function eventsOf({ served: { store }, row }: Found): Promise<readonly Event[]> {
  const { requestId, importedAt } = row
  const revocation = row['revocation'] as { readonly date: string; readonly reason: string } | undefined
  const request =
    typeof requestId === 'string' && store.can.list.includes('request')
      ? await rowOfId(store, 'request', requestId)
      : undefined
  const events = [
    { at: request?.['requestedAt'], user: text(request?.['requestedBy']), action: 'Requested' },
    { at: importedAt, action: requestId === undefined ? 'Imported' : 'Issued' },
    { at: revocation?.date, action: 'Revoked', comment: revocation?.reason },
  ]
  return events
    .filter(({ at }) => text(at) !== '')
    .map(({ at, user = '', action, comment = '' }) => ({ at: text(at), user, action, comment }))
}

const itemOf = ({ at, user, action, comment }: Event, id: number): Json => ({
  Id: id,
  OperationStart: at,
  OperationEnd: at,
  Username: user,
  Comment: comment,
  Action: action,
})
