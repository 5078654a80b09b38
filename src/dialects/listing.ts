import type { JsonObject } from '../base/json.ts'
import { compare, type Filter, type Query } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { toPredicate } from '../query/predicate.ts'
import { compareRows } from '../query/sort.ts'
import type { ListedRecord } from '../store/store.ts'

/** How a listing is finished here. */
export interface ListingOptions {
  readonly kind: RecordKind
  readonly now: Date
  /** The vendor filtered already, exactly: it is not done again. */
  readonly isFiltered?: boolean
}

/** Rows that are kept beyond the window before they are sorted and cut. */
const SLACK = 1_000

/**
 * Filters, sorts and cuts the pages of a vendor as the query says. Asks for no page after the limit is reached. Only a
 * sort collects rows: all of them, or with a limit never many more than the window.
 *
 * @throws {CertmanError} `filter.invalid`, before the first page is asked for
 */
export async function* listRows(
  pages: AsyncIterable<readonly ListedRecord[]>,
  query: Query,
  options: ListingOptions,
): AsyncIterable<ListedRecord> {
  const rows = matching(pages, rowFilter(query, options))
  const ordered = query.sort.length === 0 ? rows : sorted(rows, query, options)
  yield* window(ordered, query.offset, query.limit)
}

/** How many rows of the pages fit. */
export async function countRows(
  pages: AsyncIterable<readonly ListedRecord[]>,
  query: Pick<Query, 'filter'>,
  options: ListingOptions,
): Promise<number> {
  let found = 0
  for await (const _row of matching(pages, rowFilter(query, options))) found++
  return found
}

/** The filter of a query as a test of rows that a vendor gave. */
function rowFilter(
  { filter }: Pick<Query, 'filter'>,
  { kind, now, isFiltered }: ListingOptions,
): (row: ListedRecord) => boolean {
  if (filter.op === 'all' || isFiltered === true) return () => true
  const test = toPredicate(filter, kind, now)
  return (row) => test(withKeyKnown(row))
}

/** What `list` shows unless it is asked for more: certificates that no other one has superseded. */
export const CURRENT = compare('supersededBy', '=', { type: 'null' })

const isHiding = (filter: Filter): boolean =>
  filter.op === 'compare' &&
  filter.field === 'supersededBy' &&
  filter.operator === '=' &&
  filter.value.type === 'null'

/**
 * A filter without the test that `list` adds by itself: no server knows certificates that others superseded. What is
 * left can be said in a vendor's language more often.
 */
export function filterForServer(filter: Filter): Filter {
  if (isHiding(filter)) return { op: 'all' }
  if (filter.op !== 'and') return filter
  const terms = filter.terms.filter((term) => !isHiding(term))
  if (terms.length === 0) return { op: 'all' }
  return terms.length === 1 ? terms[0]! : { op: 'and', terms }
}

/** As many rows as a listing needs, where what the vendor has is what is wanted, in its order; else undefined. */
export const rowsNeeded = ({ filter, sort, limit, offset = 0 }: Query): number | undefined =>
  limit !== undefined && sort.length === 0 && filterForServer(filter).op === 'all'
    ? limit + offset
    : undefined

/** `hasKey` asks for a key id; some vendors say only that there is a key. */
function withKeyKnown(row: ListedRecord): JsonObject {
  return row['hasPrivateKey'] === true && row['keyId'] === undefined ? { ...row, keyId: 'unknown' } : row
}

async function* matching(
  pages: AsyncIterable<readonly ListedRecord[]>,
  fits: (row: ListedRecord) => boolean,
): AsyncIterable<ListedRecord> {
  for await (const page of pages) for (const row of page) if (fits(row)) yield row
}

async function* sorted(
  rows: AsyncIterable<ListedRecord>,
  { sort, limit, offset = 0 }: Query,
  { kind, now }: ListingOptions,
): AsyncIterable<ListedRecord> {
  const compare = compareRows(sort, kind, now)
  const wanted = limit === undefined ? Infinity : limit + offset
  let kept: ListedRecord[] = []
  for await (const row of rows) {
    kept.push(row)
    if (kept.length >= wanted * 2 + SLACK) kept = kept.sort(compare).slice(0, wanted)
  }
  yield* kept.sort(compare)
}

async function* window(
  rows: AsyncIterable<ListedRecord>,
  offset = 0,
  limit = Infinity,
): AsyncIterable<ListedRecord> {
  let [skipped, given] = [0, 0]
  if (limit === 0) return
  for await (const row of rows) {
    if (skipped < offset) skipped++
    else {
      yield row
      // before the next row is asked for: it may lie on a page that nobody needs
      if (++given >= limit) return
    }
  }
}
