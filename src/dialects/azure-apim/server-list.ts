import type { Json } from '../../base/json.ts'
import { CertmanError } from '../../base/errors.ts'
import type { Filter } from '../../domain/filter.ts'
import type { Answer } from '../../http/exchange.ts'
import { parseODataFilter } from '../../query/odata-parse.ts'
import { toPredicate } from '../../query/predicate.ts'
import { isOwn } from '../../store/abilities.ts'
import type { ListedRecord } from '../../store/store.ts'
import { CURRENT } from '../listing.ts'
import { sentence } from '../sentence.ts'
import { invalid, invalidField } from './errors.ts'
import { isRefreshFailed, wireId, wireSubject } from './map.ts'
import { isNone, storeFilter } from './map-filter.ts'
import { answer } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { entityOf } from './server-find.ts'
import { countsAlways } from './versions.ts'

/** Entities of one page unless the caller asks for fewer, as the service has it; and the most that are given. */
const PAGE = 100
const MAX_PAGE = 1000

interface Window {
  readonly top: number
  readonly skip: number
}

interface Page {
  readonly rows: readonly ListedRecord[]
  readonly total: number
}

/** `GET /certificates`: by number, so that `$skip` means the same on every page. */
export async function listCertificates(desk: Desk): Promise<Answer> {
  const { call, form, version } = desk
  refuseOptions(desk)
  const window = {
    top: Math.min(wholeNumber(desk, '$top', 1) ?? PAGE, MAX_PAGE),
    skip: wholeNumber(desk, '$skip', 0) ?? 0,
  }
  const wanted = { filter: wantedFilter(desk), onlyFailed: wantsFailed(desk) }
  const { rows, total } = await pageOf(desk, wanted, window)
  const value = rows.map((row) => entityOf(desk, row, wireId(row) ?? row.id)) as unknown as Json
  const next = window.skip + rows.length < total ? nextLink(call, window) : undefined
  return answer(200, {
    value,
    ...((form === 'classic' || countsAlways(version)) && { count: total }),
    ...(form === 'classic' ? { nextLink: next ?? null } : next !== undefined && { nextLink: next }),
  })
}

/** Options of OData that the service does not have would change what the caller believes to see. */
function refuseOptions({ call }: Desk): void {
  const known = ['$filter', '$top', '$skip']
  const other = call.query.pairs.find(([name]) => name.startsWith('$') && !known.includes(name.toLowerCase()))
  if (other)
    throw invalidField(other[0].slice(0, 40), `The query option '${other[0].slice(0, 40)}' is not supported.`)
}

/** @throws {WireFault} 400 */
function wholeNumber({ call }: Desk, name: string, least: number): number | undefined {
  const text = lastOf(call, name)
  if (text === undefined || text === '') return undefined
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least) return value
  throw invalidField(name, `The value of ${name} must be a whole number of at least ${least}.`)
}

/** Some SDKs (Python, 2021 and 2022) put the options of the first call before those of a link that they follow. */
const lastOf = ({ query }: Desk['call'], name: string): string | undefined =>
  query.pairs.findLast(([each]) => each.toLowerCase() === name)?.[1]

/** Whether only those are wanted whose secret could not be fetched from its key vault. @throws {WireFault} 400 */
function wantsFailed({ call }: Desk): boolean {
  const failed = call.query.get('isKeyVaultRefreshFailed')?.toLowerCase() ?? ''
  if (['', 'true', 'false'].includes(failed)) return failed === 'true'
  throw invalidField('isKeyVaultRefreshFailed', 'The value must be true or false.')
}

/** @throws {WireFault} 400 naming the column */
function wantedFilter({ call }: Desk): Filter {
  try {
    return parseODataFilter(call.query.get('$filter') ?? '')
  } catch (error) {
    if (error instanceof CertmanError) throw invalid(sentence(error.message))
    throw error
  }
}

interface Wanted {
  readonly filter: Filter
  readonly onlyFailed: boolean
}

async function pageOf(desk: Desk, wanted: Wanted, { top, skip }: Window): Promise<Page> {
  const { store } = desk.served
  const narrowed = storeFilter(wanted.filter)
  // stores of our own fetch nothing from a key vault
  const isNobody = wanted.onlyFailed && isOwn(store)
  if (isNobody || isNone(narrowed.filter)) return { rows: [], total: 0 }
  const filter: Filter =
    narrowed.filter.op === 'all' ? CURRENT : { op: 'and', terms: [CURRENT, narrowed.filter] }
  if (!narrowed.exact || wanted.onlyFailed) return sifted(desk, { filter, wanted }, { top, skip })
  const question = JSON.stringify(filter)
  const total = await desk.asked.get(desk.served, question, () => store.count('certificate', { filter }))
  const rows: ListedRecord[] = []
  if (skip < total)
    for await (const row of store.list('certificate', { filter, sort: [], limit: top, offset: skip }))
      rows.push(row)
  return { rows, total }
}

/** What the store cannot be asked is found out of what it lists. */
async function sifted(
  desk: Desk,
  { filter, wanted }: { readonly filter: Filter; readonly wanted: Wanted },
  { top, skip }: Window,
): Promise<Page> {
  const fits = toPredicate(wanted.filter, 'certificate', desk.house.ambient.now())
  const rows: ListedRecord[] = []
  let total = 0
  for await (const row of desk.served.store.list('certificate', { filter, sort: [] })) {
    const entity = { ...row, name: wireId(row) ?? row.id, subject: wireSubject(row) }
    if (!fits(entity) || (wanted.onlyFailed && !isRefreshFailed(row))) continue
    if (total++ >= skip && rows.length < top) rows.push(row)
  }
  return { rows, total }
}

/** Absolute, complete, `$` escaped: as the service writes it. */
function nextLink({ origin, path, query }: Desk['call'], { top, skip }: Window): string {
  const pairs = new Map(query.pairs.map(([name, value]) => [name.toLowerCase(), [name, value] as const]))
  pairs.delete('password')
  pairs.delete('$skip')
  pairs.set('$skip', ['$skip', String(skip + top)])
  const text = [...pairs.values()].map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  )
  return `${origin}${path}?${text.join('&')}`
}
