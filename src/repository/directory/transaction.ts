import { CertmanError } from '../../base/errors.ts'
import type { RecordKind } from '../../domain/records.ts'
import { checkExpected, notFound } from '../expect.ts'
import {
  hasDecimalIds,
  normalise,
  type IndexEntry,
  type IndexWriting,
  type RecordPlace,
} from '../record-index.ts'
import { parseRecordText, revisionOf, writeRecordText } from '../record-text.ts'
import type { Change, Describe, NewRecord, StoredRecord, StoreHead, WriteTransaction } from '../repository.ts'
import { logLine, type Authorship } from './change-log.ts'
import type { Files } from './files.ts'
import type { HeadFile } from './head.ts'
import type { Journal } from './journal.ts'
import { checkId, isId, LAYOUT, recordPath, trashPath } from './paths.ts'
import { cannotRead, IndexBackedReading, pathOfEntry, readText, toStored } from './reading.ts'
import { SegmentWriter, type OpenGroup } from './segment-writer.ts'
import { Staging } from './staging.ts'

/** More new records than this in one transaction go to a segment. */
const LOOSE_RECORDS = 8

/** What a transaction works with. */
export interface TransactionTools {
  readonly files: Files
  readonly index: IndexWriting
  readonly journal: Journal
  readonly describe: Describe
  readonly now: () => Date
  readonly actor: string
}

/** Collects the changes of one `write`; `commitTransaction` makes them happen. */
export class DirectoryTransaction extends IndexBackedReading<IndexWriting> implements WriteTransaction {
  readonly tools: TransactionTools
  readonly staging: Staging
  /** Segments that lose records for good: kind, segment, ids. */
  readonly rewrites = new Map<RecordKind, Map<number, Set<string>>>()
  readonly #writers = new Map<RecordKind, SegmentWriter>()
  readonly #fresh = new Map<RecordKind, Map<string, string>>()
  #head: HeadFile
  readonly #firstHead: HeadFile

  constructor(tools: TransactionTools, head: HeadFile) {
    super(tools.index, tools)
    this.tools = tools
    this.staging = new Staging(tools.files)
    this.#head = head
    this.#firstHead = head
  }

  /** The head as it will be; undefined when it does not change. */
  get newHead(): HeadFile | undefined {
    return this.#head === this.#firstHead ? undefined : this.#head
  }

  /** Whether nothing is to be done: ids alone are no change. */
  get isEmpty(): boolean {
    return this.staging.isEmpty
  }

  nextId(kind: RecordKind): Promise<string> {
    if (!hasDecimalIds(kind)) throw new TypeError(`nextId: a ${kind} is named by its public key`)
    let next = this.#head.nextIds[kind]
    // a head that was restored from an old copy must not give an id twice
    while (this.index.get(kind, String(next)) || this.index.getTrashed(kind, String(next))) next++
    this.#reserve(kind, next + 1)
    return Promise.resolve(String(next))
  }

  async put(given: NewRecord, expected: string, change: Change): Promise<void> {
    const { kind, id } = given
    checkId(kind, id)
    const record = normalise(given)
    const current = this.index.get(kind, id)
    const isChecked = expected === 'any' || expected === 'absent'
    const revision = current && (isChecked ? current.revision : revisionOf(this.#textOf(current)))
    checkExpected({ kind, id, expected }, revision)
    if (!current) this.#refuseUnknownFile(kind, id)
    const row = { ...record.fields, ...this.tools.describe(record) }
    const text = writeRecordText(record, row)
    const place = await this.#place(record, text, current)
    this.index.upsert({ kind, id, revision: revisionOf(text), row, place })
    this.#note(record, place)
    this.#log(change)
    if (hasDecimalIds(kind)) this.#reserve(kind, Number(id) + 1)
  }

  async remove(...[kind, id, expected, change]: Parameters<WriteTransaction['remove']>): Promise<void> {
    const entry = this.index.get(kind, id)
    if (!entry) throw notFound(kind, id)
    const stored = this.#stored(entry)
    checkExpected({ kind, id, expected }, stored.revision)
    const time = this.#authorship().time
    const text = writeRecordText(stored, stored.row, time)
    this.staging.write(trashPath(kind, id), text)
    if (entry.place === 'loose') this.staging.remove(recordPath(kind, id))
    this.#fresh.get(kind)?.delete(id)
    this.index.remove(kind, id)
    this.index.addTrash({ kind, id, revision: revisionOf(text), row: stored.row, trashedAt: time })
    this.staging.touch({ kind, id, live: 'gone', trashed: true })
    this.#log(change)
  }

  async restore(kind: RecordKind, id: string, change: Change): Promise<void> {
    const record = this.#trashedRecord(kind, id)
    checkExpected({ kind, id, expected: 'absent' }, this.index.get(kind, id)?.revision)
    this.#refuseUnknownFile(kind, id)
    const row = { ...record.fields, ...this.tools.describe(record) }
    const text = writeRecordText(record, row)
    this.staging.write(recordPath(kind, id), text)
    this.staging.remove(trashPath(kind, id))
    this.index.removeTrash(kind, id)
    this.index.upsert({ kind, id, revision: revisionOf(text), row, place: 'loose' })
    this.#note(record, 'loose')
    this.#log(change)
  }

  async destroy(kind: RecordKind, id: string, change: Change): Promise<void> {
    if (!this.index.getTrashed(kind, id)) throw notFound(kind, id, ' in the trash')
    const live = this.index.get(kind, id)
    if (!live) this.#rewriteCopies(kind, id)
    this.staging.remove(trashPath(kind, id))
    this.index.removeTrash(kind, id)
    this.staging.touch({
      kind,
      id,
      live: live?.place ?? 'gone',
      trashed: false,
      ...(!live && { destroyed: true }),
    })
    this.#log(change)
  }

  setHead(changes: Partial<Pick<StoreHead, 'name' | 'claims'>>): Promise<void> {
    this.#head = { ...this.#head, ...changes }
    this.staging.log(logLine(this.#authorship(), { action: 'configure', detail: { ...changes } }))
    return Promise.resolve()
  }

  read(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    const entry = isId(kind, id) ? this.index.get(kind, id) : undefined
    return Promise.resolve(entry && this.#stored(entry))
  }

  /** Writes out what segments still hold back. */
  finishSegments(): readonly OpenGroup[] {
    return [...this.#writers.values()].flatMap((writer) => writer.finish())
  }

  /** Loose, or in a segment: new records of a large transaction, and new versions of those that lie in one. */
  async #place(record: NewRecord, text: string, current: IndexEntry | undefined): Promise<RecordPlace> {
    const { kind, id } = record
    const fresh = this.#fresh.get(kind) ?? new Map<string, string>()
    this.#fresh.set(kind, fresh)
    const mayShare = LAYOUT[kind].segments && (!current || current.place !== 'loose')
    if (mayShare && (this.#writers.has(kind) || fresh.size >= LOOSE_RECORDS)) {
      await this.#moveFresh(kind, fresh)
      return this.#writer(kind).add(text)
    }
    if (mayShare || fresh.has(id)) fresh.set(id, text)
    this.staging.write(recordPath(kind, id), text)
    return 'loose'
  }

  /** The transaction has grown large: its first records join the others in the segment. */
  async #moveFresh(kind: RecordKind, fresh: Map<string, string>): Promise<void> {
    for (const [id, text] of fresh) {
      const place = await this.#writer(kind).add(text)
      this.staging.remove(recordPath(kind, id))
      this.index.move(kind, id, place)
      this.staging.touch({ kind, id, live: place, trashed: this.index.getTrashed(kind, id) !== undefined })
    }
    fresh.clear()
  }

  #writer(kind: RecordKind): SegmentWriter {
    const writer = this.#writers.get(kind) ?? new SegmentWriter(this.tools.files, this.tools.journal, kind)
    this.#writers.set(kind, writer)
    return writer
  }

  #rewriteCopies(kind: RecordKind, id: string): void {
    const segments = this.rewrites.get(kind) ?? new Map<number, Set<string>>()
    this.rewrites.set(kind, segments)
    for (const segment of this.index.copies(kind, id)) {
      if (this.#writers.get(kind)?.isWriting(segment))
        throw new TypeError(`destroy: ${kind} ${id} was made in the same transaction`)
      segments.set(segment, (segments.get(segment) ?? new Set()).add(id))
    }
    this.index.removeCopies(kind, id)
  }

  #stored(entry: IndexEntry): StoredRecord {
    const name = this.tools.files.absolute(pathOfEntry(entry))
    return toStored({ entry, text: this.#textOf(entry), name }, this.tools.describe)
  }

  #textOf(entry: IndexEntry): string {
    const { kind, place } = entry
    const path = pathOfEntry(entry)
    try {
      if (place === 'loose') return this.staging.text(path) ?? readText(this.tools.files, entry)
      const writer = this.#writers.get(kind)
      return writer?.isWriting(place.segment) ? writer.read(place) : readText(this.tools.files, entry)
    } catch (error) {
      throw cannotRead(entry, this.tools.files.absolute(path), error)
    }
  }

  #trashedRecord(kind: RecordKind, id: string): NewRecord {
    const entry = this.index.getTrashed(kind, id)
    if (!entry) throw notFound(kind, id, ' in the trash')
    const path = trashPath(kind, id)
    const name = this.tools.files.absolute(path)
    try {
      const text = this.staging.text(path) ?? this.tools.files.read(path).toString('utf8')
      const { fields, pem } = parseRecordText(text, name)
      return { kind, id, fields, ...(pem && { pem }) }
    } catch (error) {
      throw cannotRead({ ...entry, place: 'loose' }, name, error)
    }
  }

  /** A file that the index does not know is somebody's work: nothing goes over it. */
  #refuseUnknownFile(kind: RecordKind, id: string): void {
    const path = recordPath(kind, id)
    if (!this.staging.exists(path)) return
    throw new CertmanError(
      'store.damaged',
      `${this.tools.files.absolute(path)} is there, but the store does not know it`,
      {
        hint: 'take it in with: certman store reindex',
      },
    )
  }

  #note({ kind, id }: NewRecord, live: RecordPlace): void {
    this.staging.touch({ kind, id, live, trashed: this.index.getTrashed(kind, id) !== undefined })
  }

  #log(change: Change): void {
    this.staging.log(logLine(this.#authorship(), change))
  }

  #authorship(): Authorship {
    return { time: this.tools.now().toISOString(), actor: this.tools.actor }
  }

  #reserve(kind: RecordKind, next: number): void {
    if (next <= this.#head.nextIds[kind]) return
    this.#head = { ...this.#head, nextIds: { ...this.#head.nextIds, [kind]: next } }
  }
}
