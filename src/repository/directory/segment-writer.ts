import { sha256Hex } from '../../crypto/digest.ts'
import type { RecordKind } from '../../domain/records.ts'
import type { RecordPlace, SegmentPlace } from '../record-index.ts'
import type { Files } from './files.ts'
import type { Journal } from './journal.ts'
import { folderOf, segmentPath, segmentsFolder, type StorePath } from './paths.ts'
import { commitLine, endsWhole, reservedLine, SEGMENT_SIZE, segmentNumbers } from './segments.ts'
import { TextBytes } from './text-bytes.ts'

/** Where a record's text will lie. */
export interface PlacedText {
  readonly place: RecordPlace
  /** `textHashOf` of it. */
  readonly hash: string
}

/** A group that does not count yet: to make it count `text` goes to `at`. */
export interface OpenGroup {
  readonly kind: RecordKind
  readonly segment: number
  readonly path: StorePath
  /** Size of the segment before this group; 0: it is new. */
  readonly start: number
  readonly at: number
  /** The commit line of a group whose records are written already, else the whole group. */
  readonly text: string
  readonly isWritten: boolean
}

interface Current {
  readonly segment: number
  readonly start: number
  /** Where the next record goes, counted with what is still in the buffer. */
  end: number
  written: number
  readonly hashes: string[]
  /** The folder is there, and its name flushed. */
  hasFolder: boolean
  isBegun: boolean
}

/** Texts are kept back up to this size (bytes) before they are written. */
const BUFFER_SIZE = 256 * 1024

/**
 * Smaller groups (bytes) are written when they are committed: they go through the journal, which has to be flushed anyway,
 * and spare the flushes that come before. Larger ones would be written twice for nothing.
 */
const SMALL_GROUP = 256 * 1024

/** Appends the records of one transaction to a kind's segments. Without their commit lines they count for nothing. */
export class SegmentWriter {
  readonly #files: Files
  readonly #journal: Journal
  readonly #kind: RecordKind
  readonly #groups: OpenGroup[] = []
  /** Texts of the current group from `written` on. */
  readonly #buffer = new TextBytes()
  #current: Current | undefined

  constructor(files: Files, journal: Journal, kind: RecordKind) {
    this.#files = files
    this.#journal = journal
    this.#kind = kind
  }

  /** Takes one record's text in and says where it will lie. */
  add(text: string): PlacedText {
    const current = (this.#current ??= this.#openSegment())
    const start = this.#buffer.length
    const length = this.#buffer.add(text)
    const hash = sha256Hex(this.#buffer.part(start))
    current.hashes.push(hash)
    const place = { segment: current.segment, offset: current.end, length }
    current.end += length
    return { place, hash }
  }

  /** Whether so much waits that it should be written. */
  get isFull(): boolean {
    return this.#buffer.length >= BUFFER_SIZE || (this.#current?.end ?? 0) >= SEGMENT_SIZE
  }

  /** Writes what waits. A segment that is full gets no more: only the last group may wait for the commit. */
  async relieve(): Promise<void> {
    if (!this.#current) return
    await this.#flush(this.#current)
    if (this.#current.end >= SEGMENT_SIZE) await this.#finishGroup(this.#current)
  }

  /** The text of a record added before; undefined when it is in its file by now. */
  waiting({ segment, offset, length }: SegmentPlace): string | undefined {
    const current = this.#current
    if (current?.segment !== segment || offset < current.written || offset >= current.end) return undefined
    const start = offset - current.written
    return this.#buffer.text(start, start + length)
  }

  /** Writes what is left of large groups, with room for the commit lines. */
  async finish(): Promise<readonly OpenGroup[]> {
    if (this.#current) await this.#finishGroup(this.#current)
    return this.#groups
  }

  #openSegment(): Current {
    const files = this.#files
    const last = this.#groups.at(-1)?.segment ?? segmentNumbers(files, this.#kind).at(-1) ?? 0
    const size = last === 0 ? SEGMENT_SIZE : (files.facts(segmentPath(this.#kind, last))?.size ?? 0)
    // nothing is appended to a segment whose end is not understood: `check` reports it
    const goesOn = this.#groups.length === 0 && size < SEGMENT_SIZE && endsWhole(files, this.#kind, last)
    const segment = goesOn ? last : last + 1
    const start = goesOn ? size : 0
    return { segment, start, end: start, written: start, hashes: [], hasFolder: start > 0, isBegun: false }
  }

  /** Before anything is appended to a file that readers know, the journal says how to take it back. */
  async #begin(current: Current): Promise<void> {
    if (current.isBegun) return
    current.isBegun = true
    await this.#makeFolder(current)
    await this.#journal.beginDurably({
      prepared: [],
      grown: [{ path: segmentPath(this.#kind, current.segment), size: current.start }],
    })
  }

  async #flush(current: Current): Promise<void> {
    if (this.#buffer.length === 0) return
    await this.#begin(current)
    this.#files.writeAt(segmentPath(this.#kind, current.segment), current.written, this.#buffer.part())
    current.written = current.end
    this.#buffer.clear()
  }

  /**
   * The name of the folder has to outlast a power cut, like the records in it. It may be there and not flushed: whoever
   * made it may have given up, or have died.
   */
  async #makeFolder(current: Current): Promise<void> {
    if (current.hasFolder) return
    this.#files.makeFolder(segmentsFolder(this.#kind))
    await this.#files.sync(['', folderOf(segmentsFolder(this.#kind))])
    current.hasFolder = true
  }

  async #finishGroup(current: Current): Promise<void> {
    const { segment, start, end, hashes } = current
    const path = segmentPath(this.#kind, segment)
    const line = commitLine(hashes, end - start)
    const group = { kind: this.#kind, segment, path, start }
    await this.#makeFolder(current)
    if (!current.isBegun && end - start <= SMALL_GROUP) {
      const text = `${this.#buffer.text()}${line}`
      this.#buffer.clear()
      this.#groups.push({ ...group, at: start, text, isWritten: false })
    } else {
      await this.#flush(current)
      this.#files.writeAt(path, end, reservedLine(line))
      this.#groups.push({ ...group, at: end, text: line, isWritten: true })
    }
    this.#current = undefined
  }
}
