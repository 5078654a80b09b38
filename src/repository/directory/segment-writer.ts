import type { RecordKind } from '../../domain/records.ts'
import type { RecordPlace } from '../record-index.ts'
import type { Files } from './files.ts'
import type { Journal } from './journal.ts'
import { folderOf, segmentPath, segmentsFolder, type StorePath } from './paths.ts'
import {
  commitLine,
  endsWhole,
  readFromSegment,
  reservedLine,
  SEGMENT_SIZE,
  segmentNumbers,
} from './segments.ts'

/** A group that is written and flushed but does not count yet: its commit line goes to `at`. */
export interface OpenGroup {
  readonly kind: RecordKind
  readonly segment: number
  readonly path: StorePath
  /** Size of the segment before this group; 0: it is new. */
  readonly start: number
  readonly at: number
  readonly line: string
}

interface Current {
  readonly segment: number
  readonly start: number
  /** Where the next record goes, counted with what is still in the buffer. */
  end: number
  written: number
  buffer: string[]
  buffered: number
  hashes: string[]
}

/** Texts are kept back up to this size (bytes) before they are written. */
const BUFFER_SIZE = 1024 * 1024

/** Appends the records of one transaction to a kind's segments. Without their commit lines they count for nothing. */
export class SegmentWriter {
  readonly #files: Files
  readonly #journal: Journal
  readonly #kind: RecordKind
  readonly #groups: OpenGroup[] = []
  #current: Current | undefined

  constructor(files: Files, journal: Journal, kind: RecordKind) {
    this.#files = files
    this.#journal = journal
    this.#kind = kind
  }

  /** Takes one record's text, with its hash (`textHashOf`), in and says where it will lie. */
  async add({
    text,
    hash,
  }: {
    readonly text: string
    readonly hash: string
  }): Promise<Exclude<RecordPlace, 'loose'>> {
    if (this.#current && this.#current.end >= SEGMENT_SIZE) this.#finishGroup(this.#current)
    const current = (this.#current ??= await this.#openSegment())
    const bytes = Buffer.byteLength(text)
    const place = { segment: current.segment, offset: current.end, length: bytes }
    current.hashes.push(hash)
    current.buffer.push(text)
    current.buffered += bytes
    current.end += bytes
    if (current.buffered >= BUFFER_SIZE) this.#flush(current)
    return place
  }

  /** The text of a record added before. */
  read(place: Exclude<RecordPlace, 'loose'>): string {
    if (this.#current) this.#flush(this.#current)
    return readFromSegment(this.#files, this.#kind, place).text
  }

  /** The segments that this transaction appends to. */
  isWriting(segment: number): boolean {
    return this.#current?.segment === segment || this.#groups.some((group) => group.segment === segment)
  }

  /** Writes what is left, with room for the commit lines. */
  finish(): readonly OpenGroup[] {
    if (this.#current) this.#finishGroup(this.#current)
    return this.#groups
  }

  async #openSegment(): Promise<Current> {
    const files = this.#files
    const last = this.#groups.at(-1)?.segment ?? segmentNumbers(files, this.#kind).at(-1) ?? 0
    const size = last === 0 ? SEGMENT_SIZE : (files.facts(segmentPath(this.#kind, last))?.size ?? 0)
    // nothing is appended to a segment whose end is not understood: `check` reports it
    const goesOn = this.#groups.length === 0 && size < SEGMENT_SIZE && endsWhole(files, this.#kind, last)
    const segment = goesOn ? last : last + 1
    const start = goesOn ? size : 0
    if (files.makeFolder(segmentsFolder(this.#kind)))
      await files.sync(['', folderOf(segmentsFolder(this.#kind))])
    await this.#journal.beginDurably({
      prepared: [],
      grown: [{ path: segmentPath(this.#kind, segment), size: start }],
    })
    return { segment, start, end: start, written: start, buffer: [], buffered: 0, hashes: [] }
  }

  #flush(current: Current): void {
    if (current.buffered === 0) return
    this.#files.writeAt(segmentPath(this.#kind, current.segment), current.written, current.buffer.join(''))
    current.written = current.end
    current.buffer = []
    current.buffered = 0
  }

  #finishGroup(current: Current): void {
    this.#flush(current)
    const { segment, start, end, hashes } = current
    const path = segmentPath(this.#kind, segment)
    const line = commitLine(hashes, end - start)
    this.#files.writeAt(path, end, reservedLine(line))
    this.#groups.push({ kind: this.#kind, segment, path, start, at: end, line })
    this.#current = undefined
  }
}
