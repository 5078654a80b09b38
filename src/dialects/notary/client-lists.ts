import { CertmanError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { fieldsIn, type Filter } from '../../domain/filter.ts'
import type { HttpReply } from '../../http/request.ts'
import { findField } from '../../query/fields.ts'
import type { ListedRecord, StoredCertificate } from '../../store/store.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { remoteCertificate } from '../certificate-row.ts'
import { madeOfSent, strangeAnswer, unreadable } from '../reply-errors.ts'
import { sayOnce } from '../untold.ts'
import type { Link } from './client-link.ts'
import {
  type AuthorityIds,
  caCertificateId,
  caOfCertificate,
  certificateFields,
  certificateRowOf,
  readAuthority,
  type ReadAuthority,
  readRequest,
  type ReadRequest,
  requestRowOf,
} from './map.ts'
import { VENDOR, wireId, wireList, wireObject } from './wire.ts'

/** Requests on the wire. */
export const REQUESTS = '/certificate_requests'
/** Authorities on the wire. */
export const AUTHORITIES = '/certificate_authorities'

/** Rows that are made ready at a time: a limit ends the work early, though the server gives all at once. */
const PAGE = 100

type Reader<T> = (wire: Json) => T | undefined

async function reads<T>(link: Link, path: string, read: Reader<T>): Promise<readonly T[]> {
  return entriesOf(await link.call({ method: 'GET', path }), read)
}

/** Every entry of a list: what has no id is left out by nobody, something else answered. */
const entriesOf = <T>(reply: HttpReply, read: Reader<T>): readonly T[] =>
  wireList(reply).map((wire) => {
    const entry = read(wire)
    if (entry !== undefined) return entry
    throw strangeAnswer(VENDOR, reply, 'an entry without an id')
  })

const byNumber = (a: { readonly id: string }, b: { readonly id: string }): number =>
  Number(a.id) - Number(b.id)

/** Every request in the order of ids; Notary's own order is that of the length of chains. */
export async function allRequests(link: Link): Promise<readonly ReadRequest[]> {
  return (await reads(link, REQUESTS, readRequest)).toSorted(byNumber)
}

/** Every authority, those that wait for their certificate too. */
export async function allAuthorities(link: Link): Promise<readonly ReadAuthority[]> {
  return (await reads(link, AUTHORITIES, readAuthority)).toSorted(byNumber)
}

/** A requestor may not see authorities, and old releases have none: that is told to who asks for them. */
const USUAL: readonly number[] = [403, 404]

/**
 * Ids of authorities by certificate; none where they are not to be had.
 *
 * @param isAskedFor whether rows are picked by them: without a word, none would be taken for an answer
 */
export async function authorityIds(link: Link, isAskedFor = false): Promise<AuthorityIds> {
  const reply = await link.ask({ method: 'GET', path: AUTHORITIES })
  const { status } = reply
  if (status === 200) return idsOf(entriesOf(reply, readAuthority))
  if (isAskedFor || !USUAL.includes(status))
    sayOnce(
      link.setup,
      `${VENDOR} does not give its authorities (status ${status}): no certificate has an authorityId`,
    )
  return new Map()
}

const idsOf = (reads: readonly ReadAuthority[]): AuthorityIds =>
  new Map(reads.flatMap(({ chain: [own], id }) => (own ? [[fingerprintOf(own), id] as const] : [])))

function fingerprintOf(der: Uint8Array): string {
  try {
    return knownFacts(der).fingerprint
  } catch {
    // what cannot be read is nobody's issuer
    return ''
  }
}

/** Rows of requests, a page at a time. */
export async function* requestPages(link: Link): AsyncIterable<readonly ListedRecord[]> {
  yield* paged(await allRequests(link), requestRowOf)
}

/** Rows of the certificates of requests. */
export async function* certificatePages(link: Link, filter: Filter): AsyncIterable<readonly ListedRecord[]> {
  const issued = (await allRequests(link)).filter(({ chain, isDamaged }) => chain.length > 0 || isDamaged)
  const isAskedFor = fieldsIn(filter).some((name) => findField('certificate', name)?.name === 'authorityId')
  const authorities = issued.length > 0 ? await authorityIds(link, isAskedFor) : new Map<string, string>()
  const now = link.now
  for (const page of paged(issued, (read) => certificateRowOf(read, { now, authorities }) ?? read.id)) {
    for (const id of page)
      if (typeof id === 'string')
        sayOnce(link.setup, `the certificate of request ${id} is left out: it cannot be read`)
    yield page.filter((row) => typeof row !== 'string')
  }
}

/** Rows made of things, a page at a time. */
export function* paged<T, R>(all: readonly T[], row: (one: T) => R): Iterable<readonly R[]> {
  for (let at = 0; at < all.length; at += PAGE) yield all.slice(at, at + PAGE).map(row)
}

const isNumber = (id: string): boolean => /^[1-9]\d{0,18}$/.test(id)

async function wireOf(link: Link, kind: 'request' | 'authority', id: string): Promise<Json | undefined> {
  const path = `${kind === 'request' ? REQUESTS : AUTHORITIES}/${id}`
  const reply = await link.find({ method: 'GET', path, thing: `${kind} ${JSON.stringify(id)}` })
  if (!reply) return undefined
  const wire = wireObject(reply)
  if (wireId(wire) === id) return wire
  throw strangeAnswer(VENDOR, reply, 'another record than was asked for')
}

/** One request; undefined when there is none, or none that is no authority's. */
export async function findRequest(link: Link, id: string): Promise<ReadRequest | undefined> {
  if (!isNumber(id)) return undefined
  const wire = await wireOf(link, 'request', id)
  if (wire !== undefined) return readRequest(wire)
  // while an authority waits for its certificate every such call is answered 404, and the list is not
  return (await allRequests(link)).find((read) => read.id === id)
}

/** The same. @throws {CertmanError} `record.not-found` */
export async function getRequest(link: Link, id: string): Promise<ReadRequest> {
  const read = await findRequest(link, id)
  if (read) return read
  throw new CertmanError('record.not-found', `no request ${JSON.stringify(id)}`, {
    hint: 'see what is there: certman list requests',
  })
}

/** One authority; undefined when there is none. */
export async function findAuthority(link: Link, id: string): Promise<ReadAuthority | undefined> {
  if (!isNumber(id)) return undefined
  const wire = await wireOf(link, 'authority', id)
  return wire === undefined ? undefined : readAuthority(wire)
}

/** The chain of a certificate, its leaf first: of a request, or of an authority (`ca-1`). */
export async function chainOfCertificate(link: Link, id: string): Promise<readonly StoredCertificate[]> {
  const now = link.now
  const ca = caOfCertificate(id)
  if (ca !== undefined) {
    // one by one Notary gives the certificate without its issuers, in the list with them
    const reads = await allAuthorities(link)
    const { chain = [], isDamaged = false } = reads.find((each) => each.id === ca) ?? {}
    if (isDamaged) throw unreadable(VENDOR, nameOf(id))
    return stored(chain, { id, ids: idsOf(reads), now })
  }
  const read = await findRequest(link, id)
  if (!read) return []
  if (read.isDamaged) throw unreadable(VENDOR, nameOf(id))
  if (read.chain.length === 0) return []
  const ids = await authorityIds(link)
  const fields = certificateFields(read, ids)
  const [leaf, ...issuers] = await stored(read.chain, { id, ids, now })
  return [remoteCertificate(leaf!.der, { id, fields, now }), ...issuers]
}

interface Naming {
  /** Of the first. */
  readonly id: string
  readonly ids: AuthorityIds
  readonly now: Date
}

const nameOf = (id: string): string => `certificate ${JSON.stringify(id)}`

async function stored(
  chain: readonly Uint8Array[],
  { id, ids, now }: Naming,
): Promise<readonly StoredCertificate[]> {
  const one = (der: Uint8Array, at: number): StoredCertificate => {
    if (at === 0) return remoteCertificate(der, { id, now })
    const { fingerprint } = knownFacts(der)
    const ca = ids.get(fingerprint)
    // an issuer that is no authority of this server has no number of its own
    return remoteCertificate(der, { id: ca === undefined ? fingerprint : caCertificateId(ca), now })
  }
  return madeOfSent(VENDOR, nameOf(id), () => chain.map(one))
}
