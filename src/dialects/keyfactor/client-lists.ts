import type { Json } from '../../base/json.ts'
import type { Filter } from '../../domain/filter.ts'
import { narrowKeyfactorQuery } from '../../query/keyfactor-narrow.ts'
import type { ListedRecord } from '../../store/store.ts'
import { strangeAnswer } from '../reply-errors.ts'
import type { ApiCall, Link } from './client-link.ts'
import { HEADER, member, numberMember, VENDOR, wireList } from './wire.ts'

/** Rows of a page; the vendor's clients ask for up to 1,000. */
const PAGE = 100

type Row = (wire: Json) => ListedRecord

/** A listing of the API, before its pages. */
interface Listing {
  readonly path: string
  readonly query: NonNullable<ApiCall['query']>
  /** The prefix that the parameters of this route had in old releases; new ones take both. */
  readonly prefix: 'pq' | 'pagedQuery'
  readonly row: Row
  /** As many as can be needed at all. */
  readonly most?: number
}

/** Members that are empty unless they are asked for, and certificates that are hidden. */
const EVERYTHING = {
  includeMetadata: true,
  includeHasPrivateKey: true,
  'pq.includeRevoked': true,
  'pq.includeExpired': true,
} as const

/**
 * Certificates, page by page. What the server can narrow is asked of it; a server that does not know a field is asked for
 * everything, and the caller filters.
 */
export async function* certificatePages(
  link: Link,
  filter: Filter,
  { row, most }: { readonly row: Row; readonly most?: number },
): AsyncIterable<readonly ListedRecord[]> {
  const text = narrowKeyfactorQuery(filter)
  const query = { ...EVERYTHING, ...link.scope }
  // a certificate that is looked up is on the first page
  const listing = { path: '/Certificates', prefix: 'pq', row, ...(most !== undefined && { most }) } as const
  if (text === undefined) return yield* pages(link, { ...listing, query })
  const narrowed = { ...listing, query: { ...query, 'pq.queryString': text } }
  const first = await link.ask(pageCall(narrowed, 1))
  if (first.status === 400) return yield* pages(link, { ...listing, query })
  yield* pages(link, narrowed, first)
}

/** Pending or denied requests. */
export const requestPages = (
  link: Link,
  state: 'Pending' | 'Denied',
  row: Row,
): AsyncIterable<readonly ListedRecord[]> =>
  pages(link, { path: `/Workflow/Certificates/${state}`, query: {}, prefix: 'pagedQuery', row })

/** Certificate authorities, or collections. */
export const otherPages = (
  link: Link,
  path: '/CertificateAuthority' | '/CertificateCollections',
  row: Row,
): AsyncIterable<readonly ListedRecord[]> => pages(link, { path, query: {}, prefix: 'pq', row })

const sizeOf = ({ most = PAGE }: Pick<Listing, 'most'>): number => Math.max(1, Math.min(PAGE, most))

const pageCall = (listing: Omit<Listing, 'row'>, page: number): ApiCall => ({
  method: 'GET',
  path: listing.path,
  query: {
    ...listing.query,
    [`${listing.prefix}.pageReturned`]: page,
    [`${listing.prefix}.returnLimit`]: sizeOf(listing),
  },
})

/**
 * Asks until the total is reached, or a page is empty or short. A server that gives a page again knows no pages: what it
 * has is there, unless it says that there is more.
 *
 * @throws {CertmanError} `remote.unexpected`
 */
async function* pages(
  link: Link,
  listing: Listing,
  first?: Awaited<ReturnType<Link['ask']>>,
): AsyncIterable<readonly ListedRecord[]> {
  let given = 0
  const starts = new Set<number | undefined>()
  for (let page = 1; ; page++) {
    const reply = link.pass(first && page === 1 ? first : await link.ask(pageCall(listing, page)))
    const rows = wireList(reply)
    if (rows.some((row) => member(row, 'Id') === undefined))
      throw strangeAnswer(VENDOR, reply, 'an entry without an Id')
    if (rows.length === 0) return
    const total = Number(reply.header(HEADER.total) ?? Number.NaN)
    const start = numberMember(rows[0], 'Id')
    if (starts.has(start)) {
      if (given < total) throw strangeAnswer(VENDOR, reply, 'the same page again')
      return
    }
    starts.add(start)
    yield rows.map(listing.row)
    given += rows.length
    if (Number.isNaN(total) ? rows.length < sizeOf(listing) : given >= total) return
  }
}

/** How many certificates there are in all, as the server counts; undefined when it does not say. */
export async function certificateTotal(link: Link): Promise<number | undefined> {
  const query = { ...EVERYTHING, ...link.scope }
  const reply = await link.call(pageCall({ path: '/Certificates', query, prefix: 'pq', most: 1 }, 1))
  const total = Number(reply.header(HEADER.total) ?? Number.NaN)
  return Number.isSafeInteger(total) ? total : undefined
}
