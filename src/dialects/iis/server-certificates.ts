import { collect } from '../../base/lists.ts'
import type { Answer } from '../../http/exchange.ts'
import { longBody } from '../../http/long-body.ts'
import type { ListedRecord } from '../../store/store.ts'
import { CURRENT } from '../listing.ts'
import { rowOfId } from '../row-of-id.ts'
import { claimMissing, gone, notFound } from './errors.ts'
import { purposeLabel, purposeOid } from './labels.ts'
import { certificateJson, LIST_MEMBERS, MEMBER_NAMES, purposesOf } from './map-wire.ts'
import { said, traceIdOf } from './server-answer.ts'
import { type Desk, type Shelf, shelvesOf } from './server-desk.ts'
import { membersAsked } from './server-fields.ts'
import { type Slice, sliceOf } from './server-range.ts'
import { HEADER, STORE_FILTER, UNIT } from './wire.ts'

const LIST = 'Microsoft.Certificates'

/** In the order of the store. */
const SHOWN = { filter: CURRENT, sort: [] } as const

/** `HEAD /api/certificates`: how many there are. Ranges and purposes do not count here. */
export async function countCertificates(desk: Desk): Promise<Answer> {
  const total = sum(await countsOf(desk, chosen(desk)))
  const headers = { [HEADER.total]: String(total), [HEADER.unit]: UNIT, 'Content-Length': '0' }
  return said({ name: LIST, hal: false }, '', { headers })
}

/** `GET /api/certificates`: stores are chosen, then the range is cut out, then purposes are looked at. */
export async function listCertificates(desk: Desk): Promise<Answer> {
  const { call, hal } = desk
  const shelves = chosen(desk)
  const range = call.header('range')
  const counts = range === undefined ? [] : await countsOf(desk, shelves)
  const slice = sliceOf(range, sum(counts))
  const purpose = call.query.get('intended_purpose')
  const list = new ListText(desk, purposeTest(purpose))
  const texts = list.of(slice ? sliced(shelves, counts, slice) : whole(shelves))
  // how many fit is known at the end only, and stands in front
  const body = purpose === undefined ? await longBody(texts) : (await collect(texts)).join('')
  const total = typeof body === 'string' ? list.count : await lengthOf(desk, shelves, slice)
  const headers = {
    [HEADER.total]: String(total),
    [HEADER.unit]: UNIT,
    ...(slice && { [HEADER.range]: `${slice.first}-${slice.last}/${sum(counts)}` }),
  }
  return { ...said({ name: LIST, hal: hal && list.count > 0 }, '', { headers }), body }
}

/** Items of a long list, which nobody has read to its end. */
const lengthOf = async (desk: Desk, shelves: readonly Shelf[], slice: Slice | undefined): Promise<number> =>
  slice ? slice.last - slice.first + 1 : sum(await countsOf(desk, shelves))

/** The text of a list of certificates, as it is made. */
class ListText {
  /** Certificates so far. */
  count = 0
  readonly #desk: Desk
  readonly #fits: (row: ListedRecord) => boolean

  constructor(desk: Desk, fits: (row: ListedRecord) => boolean) {
    this.#desk = desk
    this.#fits = fits
  }

  async *of(placed: AsyncIterable<Placed>): AsyncGenerator<string> {
    const { call } = this.#desk
    const members = membersAsked(call, MEMBER_NAMES, { standard: LIST_MEMBERS, emptyIsNone: false })
    yield '{"certificates":['
    for await (const { shelf, row } of placed)
      if (this.#fits(row)) {
        const item = JSON.stringify(certificateJson(shownOf(this.#desk, shelf, row), members))
        yield this.count++ === 0 ? item : `,${item}`
      }
    yield ']}'
  }
}

/** `GET /api/certificates/{id}`. */
export async function getCertificate(desk: Desk): Promise<Answer> {
  const { call, seal, hal, house } = desk
  const opened = seal.open('Certificates', call.params['id'] ?? '')
  const at = opened?.indexOf('\n') ?? -1
  if (opened === undefined || at < 0) throw notFound()
  const shelf = shelfNamed(desk, opened.slice(0, at))
  if (!shelf) throw gone(traceIdOf(house.ambient))
  if (!shelf.readable) throw claimMissing(shelf.served.name)
  const row = await rowOf(shelf, opened.slice(at + 1))
  if (!row) throw gone(traceIdOf(house.ambient))
  const members = membersAsked(call, MEMBER_NAMES, { standard: MEMBER_NAMES, emptyIsNone: true })
  return said({ name: 'Microsoft.Certificate', hal }, certificateJson(shownOf(desk, shelf, row), members))
}

/** The store of that name, without case, among those of the caller. */
export const shelfNamed = (desk: Desk, name: string): Shelf | undefined =>
  shelvesOf(desk).find(({ served }) => served.name.toLowerCase() === name.toLowerCase())

const shownOf = (
  { seal, hal }: Desk,
  { served, id }: Shelf,
  row: ListedRecord,
): Parameters<typeof certificateJson>[0] => ({
  row,
  id: seal.close('Certificates', `${served.name}\n${row.id}`),
  store: { name: served.name, id },
  hal,
})

async function rowOf({ served: { store } }: Shelf, id: string): Promise<ListedRecord | undefined> {
  return store.can.list.includes('certificate') ? rowOfId(store, 'certificate', id) : undefined
}

/** The stores that a call is about; both spellings of the filter count. @throws {WireFault} 403, 404 */
function chosen(desk: Desk): readonly Shelf[] {
  const { call, seal } = desk
  const wanted = call.query.get(STORE_FILTER) ?? call.query.get('store.id')
  if (wanted === undefined) return readable(shelvesOf(desk), call)
  const name = seal.open('Certificates.Store', wanted)
  if (name === undefined) throw notFound()
  const shelf = shelfNamed(desk, name)
  if (!shelf) throw notFound(STORE_FILTER)
  if (!shelf.readable) throw claimMissing(shelf.served.name)
  return [shelf].filter(hasCertificates)
}

/** Stores that may not be read are left out, but a range over them is refused. */
function readable(shelves: readonly Shelf[], call: Desk['call']): readonly Shelf[] {
  const shut = shelves.find((shelf) => !shelf.readable)
  if (shut && call.method !== 'HEAD' && call.header('range') !== undefined)
    throw claimMissing(shut.served.name)
  return shelves.filter((shelf) => shelf.readable && hasCertificates(shelf))
}

const hasCertificates = ({ served }: Shelf): boolean => served.store.can.list.includes('certificate')

const countsOf = ({ asked }: Desk, shelves: readonly Shelf[]): Promise<readonly number[]> =>
  Promise.all(
    shelves.map(({ served }) =>
      asked.get(served, 'certificates', () => served.store.count('certificate', SHOWN)),
    ),
  )

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

interface Placed {
  readonly shelf: Shelf
  readonly row: ListedRecord
}

async function* whole(shelves: readonly Shelf[]): AsyncIterable<Placed> {
  for (const shelf of shelves)
    for await (const row of shelf.served.store.list('certificate', SHOWN)) yield { shelf, row }
}

async function* sliced(
  shelves: readonly Shelf[],
  counts: readonly number[],
  { first, last }: Slice,
): AsyncIterable<Placed> {
  let before = 0
  for (const [index, shelf] of shelves.entries()) {
    const offset = Math.max(first - before, 0)
    const end = Math.min(last - before, counts[index]! - 1)
    before += counts[index]!
    if (offset > end) continue
    const query = { ...SHOWN, offset, limit: end - offset + 1 }
    for await (const row of shelf.served.store.list('certificate', query)) yield { shelf, row }
  }
}

/** By name as it is shown, without case, or by OID; certificates without purposes never fit. */
function purposeTest(purpose: string | undefined): (row: ListedRecord) => boolean {
  if (purpose === undefined) return () => true
  const wanted = purpose.toLowerCase()
  return (row) =>
    purposesOf(row).some(
      (name) => purposeLabel(name)?.toLowerCase() === wanted || purposeOid(name) === purpose,
    )
}
