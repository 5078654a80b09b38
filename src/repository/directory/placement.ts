import type { RecordKind } from '../../domain/records.ts'
import type { IndexEntry, IndexWriting, SegmentPlace } from '../record-index.ts'
import type { NewRecord } from '../repository.ts'
import type { Files } from './files.ts'
import type { Journal } from './journal.ts'
import { LAYOUT, recordPath } from './paths.ts'
import { textHashOf } from '../record-text.ts'
import { SegmentWriter, type OpenGroup, type PlacedText } from './segment-writer.ts'
import type { Staging } from './staging.ts'

/** More new records than this in one transaction go to a segment. */
const LOOSE_RECORDS = 8

interface Fresh {
  readonly text: string
  /** There was no such record, and no file where it would lie. */
  readonly isNew: boolean
}

/** Decides where the records of a transaction lie: in files of their own, or together in segments. */
export class Placement {
  /** Segments that lose records for good: kind, segment, ids. */
  readonly rewrites = new Map<RecordKind, Map<number, Set<string>>>()
  readonly #files: Files
  readonly #journal: Journal
  readonly #index: IndexWriting
  readonly #staging: Staging
  readonly #writers = new Map<RecordKind, SegmentWriter>()
  /** Records that are to be loose as long as they are few, by id. */
  readonly #fresh = new Map<RecordKind, Map<string, Fresh>>()

  constructor(
    { files, journal, index }: { files: Files; journal: Journal; index: IndexWriting },
    staging: Staging,
  ) {
    this.#files = files
    this.#journal = journal
    this.#index = index
    this.#staging = staging
  }

  /** New records of a large transaction, and new versions of what lies in a segment, share a segment; others are loose. */
  place({ kind, id }: NewRecord, text: string, current: IndexEntry | undefined): PlacedText {
    const fresh = this.#fresh.get(kind) ?? new Map<string, Fresh>()
    this.#fresh.set(kind, fresh)
    const mayShare = LAYOUT[kind].segments && (!current || current.place !== 'loose')
    if (mayShare && (this.#writers.has(kind) || fresh.size >= LOOSE_RECORDS)) {
      this.#moveFresh(kind, fresh)
      return this.#writer(kind).add(text)
    }
    const path = recordPath(kind, id)
    const isNew = fresh.get(id)?.isNew ?? (!current && !this.#staging.removals.has(path))
    if (mayShare || fresh.has(id)) fresh.set(id, { text, isNew })
    this.#staging.write(path, text)
    return { place: 'loose', hash: textHashOf(text) }
  }

  /** Whether so much of a kind waits for its segment that it should be written. */
  isFull(kind: RecordKind): boolean {
    return this.#writers.get(kind)?.isFull === true
  }

  /** Writes what waits. */
  async relieve(kind: RecordKind): Promise<void> {
    await this.#writers.get(kind)?.relieve()
  }

  /** The record leaves again: it is not to follow the others into a segment. */
  forget(kind: RecordKind, id: string): void {
    this.#fresh.get(kind)?.delete(id)
  }

  /** The text of a record that this transaction put into a segment, while it is not in the file. */
  text(kind: RecordKind, place: SegmentPlace): string | undefined {
    return this.#writers.get(kind)?.waiting(place)
  }

  /** Every copy of a destroyed record leaves its segment. */
  dropCopies(kind: RecordKind, id: string): void {
    const segments = this.rewrites.get(kind) ?? new Map<number, Set<string>>()
    this.rewrites.set(kind, segments)
    for (const segment of this.#index.copies(kind, id))
      segments.set(segment, (segments.get(segment) ?? new Set()).add(id))
    this.#index.removeCopies(kind, id)
  }

  /** Writes out what segments still hold back. */
  async finish(): Promise<readonly OpenGroup[]> {
    const groups: OpenGroup[] = []
    for (const writer of this.#writers.values()) groups.push(...(await writer.finish()))
    for (const { kind, segment, path } of groups)
      if (this.rewrites.get(kind)?.has(segment))
        throw new TypeError(`destroy: this transaction also appends to ${path}`)
    return groups
  }

  /** The transaction has grown large: its first records join the others in the segment. */
  #moveFresh(kind: RecordKind, fresh: Map<string, Fresh>): void {
    for (const [id, { text, isNew }] of fresh) {
      const { place } = this.#writer(kind).add(text)
      if (isNew) this.#staging.forget(recordPath(kind, id))
      else this.#staging.remove(recordPath(kind, id))
      this.#index.move(kind, id, place)
      this.#staging.moved({ kind, id, live: place })
    }
    fresh.clear()
  }

  #writer(kind: RecordKind): SegmentWriter {
    let writer = this.#writers.get(kind)
    if (!writer) {
      writer = new SegmentWriter(this.#files, this.#journal, kind)
      this.#writers.set(kind, writer)
    }
    return writer
  }
}
