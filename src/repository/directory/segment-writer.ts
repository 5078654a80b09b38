import type { RecordKind } from '../../domain/records.ts'
import type { RecordPlace } from '../record-index.ts'
import type { Files } from './files.ts'
import type { Journal } from './journal.ts'
import { folderOf, segmentPath, segmentsFolder, type StorePath } from './paths.ts'
import { commitLine, endsWhole, reservedLine, SEGMENT_SIZE, segmentNumbers } from './segments.ts'

/** What is to be written of one record. */
export interface WrittenText {
  readonly text: string
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
  /** By offset. */
  buffer: Map<number, string>
  buffered: number
  hashes: string[]
  isBegun: boolean
}

/** Texts are kept back up to this size (bytes) before they are written. More of them would outlive two collections. */
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
  #current: Current | undefined

  constructor(files: Files, journal: Journal, kind: RecordKind) {
    this.#files = files
    this.#journal = journal
    this.#kind = kind
  }

  /** Takes one record's text in and says where it will lie. */
  async add({ text, hash }: WrittenText): Promise<Exclude<RecordPlace, 'loose'>> {
    if (this.#current && this.#current.end >= SEGMENT_SIZE) {
      // what is full is written: only the last group may wait for the commit
      await this.#flush(this.#current)
      await this.#finishGroup(this.#current)
    }
    const current = (this.#current ??= await this.#openSegment())
    const bytes = Buffer.byteLength(text)
    const place = { segment: current.segment, offset: current.end, length: bytes }
    current.hashes.push(hash)
    current.buffer.set(current.end, text)
    current.buffered += bytes
    current.end += bytes
    if (current.buffered >= BUFFER_SIZE) await this.#flush(current)
    return place
  }

  /** The text of a record added before; undefined when it is in its file by now. */
  waiting({ segment, offset }: Exclude<RecordPlace, 'loose'>): string | undefined {
    return this.#current?.segment === segment ? this.#current.buffer.get(offset) : undefined
  }

  /** Writes what is left of large groups, with room for the commit lines. */
  async finish(): Promise<readonly OpenGroup[]> {
    if (this.#current) await this.#finishGroup(this.#current)
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
    if (start === 0 && files.makeFolder(segmentsFolder(this.#kind)))
      await files.sync(['', folderOf(segmentsFolder(this.#kind))])
    return {
      segment,
      start,
      end: start,
      written: start,
      buffer: new Map(),
      buffered: 0,
      hashes: [],
      isBegun: false,
    }
  }

  /** Before anything is appended to a file that readers know, the journal says how to take it back. */
  async #begin(current: Current): Promise<void> {
    if (current.isBegun) return
    current.isBegun = true
    await this.#journal.beginDurably({
      prepared: [],
      grown: [{ path: segmentPath(this.#kind, current.segment), size: current.start }],
    })
  }

  async #flush(current: Current): Promise<void> {
    if (current.buffered === 0) return
    await this.#begin(current)
    this.#files.writeAt(
      segmentPath(this.#kind, current.segment),
      current.written,
      [...current.buffer.values()].join(''),
    )
    current.written = current.end
    current.buffer = new Map()
    current.buffered = 0
  }

  async #finishGroup(current: Current): Promise<void> {
    const { segment, start, end, hashes } = current
    const path = segmentPath(this.#kind, segment)
    const line = commitLine(hashes, end - start)
    const group = { kind: this.#kind, segment, path, start }
    if (!current.isBegun && end - start <= SMALL_GROUP) {
      const text = `${[...current.buffer.values()].join('')}${line}`
      this.#groups.push({ ...group, at: start, text, isWritten: false })
    } else {
      await this.#flush(current)
      this.#files.writeAt(path, end, reservedLine(line))
      this.#groups.push({ ...group, at: end, text: line, isWritten: true })
    }
    this.#current = undefined
  }
}
