import { isObject, type Json } from '../../base/json.ts'
import type { Answer } from '../../http/exchange.ts'
import type { ListedRecord, MutationOptions } from '../../store/store.ts'
import type { ServedStore } from '../house.ts'
import { invalid, notFound } from './errors.ts'
import { editOf, METADATA_FIELDS, metadataOf, readMetadata, type Described } from './metadata.ts'
import { done, ok, counted } from './server-answer.ts'
import { everyFound } from './server-bulk.ts'
import type { Desk } from './server-desk.ts'
import { certificateOf, certificatesOf } from './server-find.ts'
import { filterOfQuery } from './server-list.ts'
import { idList, numberParameter, objectBody, optional, parameter, shown } from './server-request.ts'
import { permitted, scopeOf, scopeOfIds, type Found } from './server-scope.ts'
import { listMember, member } from './wire.ts'

/** `PUT /Certificates/Metadata`: every field that is sent counts, an empty one is taken away. 204 only. */
export async function putMetadata(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const map = member(body, 'Metadata')
  if (!isObject(map)) throw invalid('The Metadata field is required.')
  requireKnown(Object.keys(map))
  const id = (name: string): number | undefined =>
    numberParameter(desk.call, name) || optional(body, name, 'number')
  const scope = permitted(desk, await scopeOfIds(desk, id('CollectionId'), id('ContainerId')), 'import')
  const { served, row } = await certificateOf(desk, scope, optional(body, 'Id', 'number'))
  await describe(served, row, { described: readMetadata(map) })
  return done()
}

/** `PUT /Certificates/Metadata/All`: of several certificates; what is there stays unless it may be overwritten. */
export async function putAllMetadata(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const changes = listMember(body, 'Metadata').map((each) => ({
    name: optional(each, 'MetadataName', 'string') ?? '',
    value: member(each, 'Value') ?? '',
    overwrites: optional(each, 'OverwriteExisting', 'boolean') ?? false,
  }))
  requireKnown(changes.map(({ name }) => name))
  for (const { served, row } of await targets(desk, body)) {
    const now = metadataOf(row)
    const applied = changes.filter(({ name, overwrites }) => overwrites || member(now, name) === undefined)
    const map = Object.fromEntries(applied.map(({ name, value }) => [name, value]))
    await describe(served, row, { described: readMetadata(map) })
  }
  return done()
}

async function targets(desk: Desk, body: Json): Promise<readonly Found[]> {
  const scope = permitted(desk, await scopeOf(desk), 'import')
  const text = optional(body, 'Query', 'string')
  if (text !== undefined) return everyFound(desk, scope, filterOfQuery(text))
  return certificatesOf(desk, scope, idList(member(body, 'CertificateIds'), 'CertificateIds'))
}

/** What metadata says of a certificate counts; what it does not mention stays. */
export async function describe(
  { store }: ServedStore,
  row: ListedRecord,
  { described, options }: { readonly described: Described; readonly options?: MutationOptions },
): Promise<void> {
  const edit = editOf(row, described)
  if (Object.keys(edit).length > 0) await store.edit({ kind: 'certificate', id: row.id }, edit, options)
}

function requireKnown(names: readonly string[]): void {
  const known = METADATA_FIELDS.map(([name]) => name.toLowerCase())
  const unknown = names.find((name) => !known.includes(name.toLowerCase()))
  if (unknown !== undefined) throw invalid(`The metadata field '${shown(unknown)}' does not exist.`)
}

/** `GET /Certificates/Metadata/Compare`: a bare boolean. */
export async function compareMetadata(desk: Desk): Promise<Answer> {
  const name = parameter(desk.call, 'metadataFieldName') ?? ''
  requireKnown([name])
  const { row } = await certificateOf(desk, await scopeOf(desk), numberParameter(desk.call, 'certificateId'))
  return ok(String(member(metadataOf(row), name) ?? '') === (parameter(desk.call, 'value') ?? ''))
}

const fields = (): readonly Json[] =>
  METADATA_FIELDS.map(([Name, Description], index) => ({
    Id: index + 1,
    Name,
    Description,
    DataType: 1,
    Hint: '',
    Validation: null,
    Enrollment: 0,
    Message: null,
    Options: null,
    DefaultValue: null,
    DisplayOrder: index + 1,
  }))

/** `GET /MetadataFields` */
export const metadataFields = async (): Promise<Answer> => counted(fields())

/** `GET /MetadataFields/{id}`, by number or name. */
export async function metadataField({ call }: Desk): Promise<Answer> {
  const wanted = (call.params['id'] ?? '').toLowerCase()
  const found = fields().find(
    (each) => String(member(each, 'Id')) === wanted || String(member(each, 'Name')).toLowerCase() === wanted,
  )
  if (found !== undefined) return ok(found)
  throw notFound('The metadata field was not found.')
}
