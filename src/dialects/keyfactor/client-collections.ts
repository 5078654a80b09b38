import type { Json } from '../../base/json.ts'
import { printKeyfactorQuery } from '../../query/keyfactor-print.ts'
import { parseFilter } from '../../query/parse.ts'
import type { CollectionEdit, ListedRecord, NewCollection } from '../../store/store.ts'
import { refusedBy } from '../refusals.ts'
import type { Link } from './client-link.ts'
import { collectionRowOf } from './map.ts'
import { textMember, VENDOR, COLLECTION_MEMBERS } from './wire.ts'

/** Our filter in the vendor's language. @throws {CertmanError} `filter.invalid`, `store.unsupported` */
export function wireQuery(filter: string): string {
  const query = printKeyfactorQuery(parseFilter(filter, 'certificate'))
  if (query !== undefined && query !== '') return query
  throw refusedBy(
    VENDOR,
    `has no words for the filter ${JSON.stringify(filter)}`,
    'it can say cn, subject, issuer, thumbprint, serialNumber, notBefore, notAfter, hasKey and the like',
  )
}

/** `POST /CertificateCollections` */
export async function sendCollection(link: Link, collection: NewCollection): Promise<ListedRecord> {
  const { name, filter, description = '' } = collection
  const body = { Name: name, Description: description, Query: wireQuery(filter), ...COLLECTION_MEMBERS }
  return collectionRowOf(await link.json({ method: 'POST', path: '/CertificateCollections', body }))
}

/** The collection of a number as the server gives it; undefined when there is none. */
export async function wireCollection(link: Link, id: string): Promise<Json | undefined> {
  const thing = `collection ${JSON.stringify(id)}`
  return link.findNumber({ method: 'GET', path: '/CertificateCollections', id, thing })
}

/** `PUT /CertificateCollections`: all members are sent, those that stay as they are too. */
export async function changeCollection(
  link: Link,
  id: string,
  { wire, edit }: { readonly wire: Json; readonly edit: CollectionEdit },
): Promise<ListedRecord> {
  const query = edit.filter === undefined ? undefined : wireQuery(edit.filter)
  const body = {
    Id: Number(id),
    Name: edit.name ?? textMember(wire, 'Name') ?? '',
    Description: (edit.description === undefined ? textMember(wire, 'Description') : edit.description) ?? '',
    Query: query ?? textMember(wire, 'Query') ?? textMember(wire, 'Content') ?? '',
    ...COLLECTION_MEMBERS,
  }
  return collectionRowOf(await link.json({ method: 'PUT', path: '/CertificateCollections', body }))
}
