import type { JsonObject } from '../../base/json.ts'
import { orNoneSync } from '../../base/or-none.ts'
import { fieldIs, type Filter } from '../../domain/filter.ts'
import { printKeyfactorQuery } from '../../query/keyfactor-print.ts'
import { parseFilter } from '../../query/parse.ts'
import { printFilter } from '../../query/print.ts'
import type { Answer } from '../../http/exchange.ts'
import type { ListedRecord } from '../../store/store.ts'
import { invalid, notFound, type WireFault } from './errors.ts'
import { done, ok } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { filterOfQuery, listOthers } from './server-list.ts'
import { objectBody, optional, pathNumber, requiredText, optionalText } from './server-request.ts'
import { findRecord, firstThat, foundIn, isOpenCollection, type Found } from './server-scope.ts'
import { COLLECTION_MEMBERS } from './wire.ts'

/** `GET /CertificateCollections`: those that are open to the caller. */
export const listCollections = (desk: Desk): Promise<Answer> => openOnes(desk, {})

/** `GET /CertificateCollections/CollectionList`: the same, but that a kind of duplicate is a text. */
export const listForChoice = (desk: Desk): Promise<Answer> =>
  openOnes(desk, { DuplicationField: null, HasQueryPermissions: true })

/** @param more members instead of, or beside, those that a collection has */
async function openOnes(desk: Desk, more: JsonObject): Promise<Answer> {
  const { collections } = desk.access
  const values = collections?.map((id) => ({ type: 'text', value: id }) as const)
  const terms = ['id', 'name'].map((field) => ({ op: 'in', field, values: values ?? [] }) as const)
  const filter: Filter = values ? { op: 'or', terms } : { op: 'all' }
  return listOthers(desk, {
    kind: 'collection',
    filter,
    sortFields: { id: 'id', name: 'name' },
    body: async (one) => ({ ...(await found(desk, one, false)), ...more }),
  })
}

/** `GET /CertificateCollections/{id}`, by number or name. It has `Content` and no `Query`. */
export async function getCollection(desk: Desk): Promise<Answer> {
  const number = pathNumber(desk.call)
  const one = number === undefined ? await byName(desk) : await findRecord(desk, 'collection', number)
  if (one && isOpenCollection(desk.access, one.row)) return ok(await found(desk, one, false))
  throw missing()
}

async function byName(desk: Desk): Promise<Found | undefined> {
  const name = desk.call.params['id'] ?? ''
  const filter = fieldIs('name', name)
  for (const served of desk.access.stores) {
    if (!served.store.can.list.includes('collection')) continue
    for await (const row of served.store.list('collection', { filter, sort: [], limit: 1 }))
      return foundIn(desk, 'collection', { served, row })
  }
  return undefined
}

/** `POST /CertificateCollections` */
export async function addCollection(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const name = requiredText(body, 'Name')
  const copied = optional(body, 'CopyFromId', 'number') ?? 0
  const source = copied > 0 ? await findRecord(desk, 'collection', copied) : undefined
  const query = optionalText(body, 'Query')
  if (query === undefined && !source) throw invalid('The Query field is required.')
  const filter = query === undefined ? String(source!.row['filter']) : ownFilter(query)
  const served = firstThat(desk, ({ list }) => list.includes('collection'))
  const description = optionalText(body, 'Description')
  const collection = { name, filter, ...(description !== undefined && { description }) }
  const { id, row } = await served.store.addCollection(collection)
  return ok(await found(desk, foundIn(desk, 'collection', { served, row: { ...row, id } }), true))
}

/** `PUT /CertificateCollections` with `Id`. */
export async function editCollection(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const one = await requireCollection(desk, optional(body, 'Id', 'number'))
  const [name, query] = [optional(body, 'Name', 'string'), optional(body, 'Query', 'string')]
  const description = optional(body, 'Description', 'string')
  const edit = {
    ...(name !== undefined && { name }),
    ...(query !== undefined && { filter: ownFilter(query) }),
    ...(description !== undefined && { description: description === '' ? null : description }),
  }
  const { row } = await one.served.store.editCollection({ kind: 'collection', id: one.row.id }, edit)
  return ok(await found(desk, { ...one, row: { ...row, id: one.row.id } }, true))
}

/** @throws {WireFault} 404 */
async function requireCollection(desk: Desk, number: number | undefined): Promise<Found> {
  const one = await findRecord(desk, 'collection', number)
  if (one) return one
  throw missing()
}

const missing = (): WireFault => notFound('The certificate collection was not found.')

/** `DELETE /CertificateCollections/{id}` */
export async function deleteCollection(desk: Desk): Promise<Answer> {
  const one = await requireCollection(desk, pathNumber(desk.call))
  await one.served.store.delete([{ kind: 'collection', id: one.row.id }])
  return done()
}

/** A query in our own language, in which collections are kept. @throws {WireFault} 400 */
function ownFilter(query: string): string {
  const filter = filterOfQuery(query)
  if (filter.op === 'all') throw invalid('The Query of a collection must not be empty.')
  return printFilter(filter)
}

async function found(desk: Desk, { served, row, number }: Found, withQuery: boolean): Promise<JsonObject> {
  const [text, count] = await contentOf(served, row)
  const content: JsonObject = withQuery ? { Content: text, Query: text } : { Automated: false, Content: text }
  return {
    Id: number,
    Name: row['name'] ?? '',
    Description: row['description'] ?? '',
    ...content,
    ...COLLECTION_MEMBERS,
    EstimatedCertCount: count,
    LastEstimated: desk.house.ambient.now().toISOString(),
  }
}

/** The query as the vendor says it; our own text where that language has no words for it. */
async function contentOf(
  { store }: Found['served'],
  row: ListedRecord,
): Promise<readonly [text: string, count: number]> {
  const text = String(row['filter'] ?? '')
  const filter = orNoneSync(() => parseFilter(text, 'certificate'), 'filter.invalid')
  if (!filter) return [text, 0]
  return [printKeyfactorQuery(filter) ?? text, await store.count('certificate', { filter })]
}
