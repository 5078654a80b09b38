import type { Part } from './route-pattern.ts'

/** What hangs below a place in the tree. */
interface Place<Row> {
  /** By the text of the next segment. */
  readonly texts: Map<string, Place<Row>>
  readonly slots: { readonly before: string; readonly after: string; readonly place: Place<Row> }[]
  /** Of patterns that end here. */
  readonly rows: Row[]
  /** Of patterns whose last slot takes all that follows. */
  readonly restRows: Row[]
}

/** What a pattern leads to. */
export interface Ranked {
  /** Rows of a path are found in this order. */
  readonly rank: number
}

const newPlace = <Row>(): Place<Row> => ({ texts: new Map(), slots: [], rows: [], restRows: [] })

const NOTHING: readonly never[] = []

/** Rows by the patterns of their paths, segment by segment. */
export class RouteTree<Row extends Ranked> {
  readonly #root = newPlace<Row>()

  /** Takes a row. */
  add(parts: readonly Part[], row: Row): void {
    let place = this.#root
    for (const part of parts) {
      if (typeof part !== 'string' && part.rest) {
        place.restRows.push(row)
        return
      }
      place = typeof part === 'string' ? placeOfText(place, part) : placeOfSlot(place, part)
    }
    place.rows.push(row)
  }

  /**
   * All rows whose pattern a path fits.
   *
   * @param segments of the path, split at each slash; the first is what stands before the first slash
   */
  find(segments: readonly string[]): readonly Row[] {
    const { texts, slots, restRows } = this.#root
    // most paths are another table's, and their first word says so
    if (slots.length + restRows.length === 0 && !texts.has(segments[1] ?? '')) return NOTHING
    const found: Row[] = []
    gather(this.#root, { segments, found }, 1)
    return found.length > 1 ? found.sort((a, b) => a.rank - b.rank) : found
  }
}

function placeOfText<Row>({ texts }: Place<Row>, text: string): Place<Row> {
  const place = texts.get(text) ?? newPlace()
  texts.set(text, place)
  return place
}

function placeOfSlot<Row>({ slots }: Place<Row>, { before, after }: Exclude<Part, string>): Place<Row> {
  const known = slots.find((slot) => slot.before === before && slot.after === after)
  if (known) return known.place
  const place = newPlace<Row>()
  slots.push({ before, after, place })
  return place
}

interface Search<Row> {
  readonly segments: readonly string[]
  readonly found: Row[]
}

function gather<Row>(place: Place<Row>, search: Search<Row>, at: number): void {
  const { segments, found } = search
  const segment = segments[at]
  if (segment === undefined) {
    for (const row of place.rows) found.push(row)
    return
  }
  const same = place.texts.get(segment)
  if (same) gather(same, search, at + 1)
  for (const { before, after, place: next } of place.slots)
    if (isTaken(segment, before, after)) gather(next, search, at + 1)
  // what is left is something: an empty segment alone is nothing
  if (place.restRows.length > 0 && (segment !== '' || at + 1 < segments.length)) found.push(...place.restRows)
}

/** A slot takes one character at least. */
const isTaken = (segment: string, before: string, after: string): boolean =>
  segment.length > before.length + after.length && segment.startsWith(before) && segment.endsWith(after)
