import { CertmanError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import type { RecordKind } from '../../domain/records.ts'
import { checkExpected, notFound } from '../expect.ts'
import {
  hasDecimalIds,
  normalise,
  type IndexEntry,
  type IndexWriting,
  type RecordPlace,
} from '../record-index.ts'
import { revisionOf, revisionOfHash, writeRecordText } from '../record-text.ts'
import type {
  Change,
  Describe,
  NewRecord,
  RevokedRow,
  StoredRecord,
  StoreHead,
  WriteTransaction,
} from '../repository.ts'
import { Attachments } from './attachments.ts'
import { logLine, type Authorship } from './change-log.ts'
import { FewIds } from './few-ids.ts'
import type { Files } from './files.ts'
import { HeadDraft } from './head-draft.ts'
import type { HeadFile } from './head.ts'
import { Lately } from './lately.ts'
import { LiveTexts } from './live-texts.ts'
import type { Journal } from './journal.ts'
import { checkId, isId } from '../ids.ts'
import { recordPath, trashPath } from './paths.ts'
import { asEdited, asIndexed, IndexBackedReading, nameOfEntry } from './reading.ts'
import type { LoggedIds } from './check-log.ts'
import { lowestNextIds } from './check-head.ts'
import { Placement } from './placement.ts'
import { Staging } from './staging.ts'
import { UsedIds } from './used-ids.ts'

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
export class DirectoryTransaction extends IndexBackedReading implements WriteTransaction {
  readonly tools: TransactionTools
  readonly staging: Staging
  readonly placement: Placement
  readonly attachments: Attachments
  readonly #head: HeadDraft
  readonly #used: UsedIds
  readonly #texts: LiveTexts
  #author: Authorship | undefined
  readonly #found = new Lately<IndexEntry>()
  readonly #keys: FewIds

  constructor(tools: TransactionTools, head: HeadFile) {
    super(tools.index, tools.now)
    this.tools = tools
    this.staging = new Staging(tools.files)
    this.placement = new Placement(tools, this.staging)
    this.attachments = new Attachments(this.staging)
    this.#used = new UsedIds(tools.index)
    this.#keys = new FewIds(tools.index, 'key')
    this.#head = new HeadDraft(head, this.#used)
    this.#texts = new LiveTexts({ files: tools.files, staging: this.staging, placement: this.placement })
  }

  /** The head as it will be; undefined when it does not change. */
  get newHead(): HeadFile | undefined {
    return this.#head.written
  }

  /** Whether nothing is to be done: ids alone are no change. */
  get isEmpty(): boolean {
    return this.staging.isEmpty && !this.#head.isDue
  }

  /** Corrects a head that an old copy brought back: no id is given twice. */
  raiseNextIds(logged: LoggedIds): void {
    for (const [kind, next] of lowestNextIds(this.index, logged)) this.#head.raise(kind, next)
  }

  nextId(kind: RecordKind): Promise<string> {
    if (!hasDecimalIds(kind)) throw new TypeError(`nextId: a ${kind} is named by its public key`)
    return Promise.resolve(String(this.#head.take(kind)))
  }

  async put(given: NewRecord, expected: string, change: Change): Promise<JsonObject> {
    const { kind, id } = given
    checkId(kind, id)
    const record = normalise(given)
    const isUnused = this.#used.areBelow(kind, Number(id))
    const current = isUnused ? undefined : this.#entryOf(kind, id)
    checkExpected({ kind, id, expected }, current && this.#revisionOf(current, expected))
    if (!current) this.#refuseUnknownFile(kind, id)
    const row = this.tools.describe(record)
    const text = writeRecordText(record, row)
    const { place, hash } = this.placement.place(record, text, current)
    this.attachments.write(record)
    this.index[current ? 'upsert' : 'insert']({ kind, id, revision: revisionOfHash(hash), row, place })
    this.#note(record, place, isUnused)
    this.#log(change)
    if (hasDecimalIds(kind)) {
      this.#used.add(kind, Number(id))
      this.#head.reserve(kind, Number(id) + 1)
    }
    if (this.placement.isFull(kind)) await this.placement.relieve(kind)
    return row
  }

  async remove(...[kind, id, expected, change]: Parameters<WriteTransaction['remove']>): Promise<void> {
    const entry = this.index.get(kind, id)
    if (!entry) throw notFound(kind, id)
    checkExpected({ kind, id, expected }, this.#revisionOf(entry, expected))
    const stored = this.#stored(entry)
    const time = this.#authorship().time
    const text = writeRecordText(stored, stored.row, time)
    this.staging.write(trashPath(kind, id), text)
    if (entry.place === 'loose') this.staging.remove(recordPath(kind, id))
    this.attachments.remove(kind, id)
    this.placement.forget(kind, id)
    this.index.remove(kind, id)
    this.index.addTrash({ kind, id, revision: revisionOf(text), row: stored.row, trashedAt: time })
    this.staging.touch({ kind, id, live: 'gone', trashed: true })
    this.#log(change)
  }

  async restore(kind: RecordKind, id: string, change: Change): Promise<void> {
    const record = this.#trashedRecord(kind, id)
    checkExpected({ kind, id, expected: 'absent' }, this.index.get(kind, id)?.revision)
    this.#refuseUnknownFile(kind, id)
    const row = this.tools.describe(record)
    const text = writeRecordText(record, row)
    this.staging.write(recordPath(kind, id), text)
    this.staging.remove(trashPath(kind, id))
    this.attachments.restore(kind, id)
    this.index.removeTrash(kind, id)
    this.index.upsert({ kind, id, revision: revisionOf(text), row, place: 'loose' })
    this.#note(record, 'loose', false)
    this.#log(change)
  }

  async destroy(kind: RecordKind, id: string, change: Change): Promise<void> {
    if (!this.index.getTrashed(kind, id)) throw notFound(kind, id, ' in the trash')
    this.#head.beforeDestroying(kind)
    const live = this.index.get(kind, id)
    if (!live) this.placement.dropCopies(kind, id)
    this.staging.remove(trashPath(kind, id))
    this.attachments.destroy(kind, id)
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
    this.#head.change(changes)
    this.staging.log(logLine(this.#authorship(), { action: 'configure', detail: { ...changes } }))
    return Promise.resolve()
  }

  override find(
    ...[kind, lookUp]: Parameters<WriteTransaction['find']>
  ): ReturnType<WriteTransaction['find']> {
    if (lookUp.by !== 'id') return super.find(kind, lookUp)
    const entry = this.#entryOf(kind, lookUp.id)
    return Promise.resolve(entry ? [entry] : [])
  }

  /** A verb finds a record, reads it and puts it again: what this transaction has not touched is looked up once. */
  #entryOf(kind: RecordKind, id: string): IndexEntry | undefined {
    if (this.staging.isTouched(kind, id)) return this.index.get(kind, id)
    if (kind === 'key' && !this.#keys.mayHave(id)) return undefined
    return this.#found.get(`${kind} ${id}`, () => this.index.get(kind, id))
  }

  read(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    const entry = isId(kind, id) ? this.#entryOf(kind, id) : undefined
    return Promise.resolve(entry && this.#stored(entry))
  }

  revoked(authorityId: string): Promise<Iterable<RevokedRow>> {
    return Promise.resolve(this.index.revoked(authorityId))
  }

  readAttachment(kind: RecordKind, id: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.attachments.read(kind, id))
  }

  /** That of the text, where it matters. @throws {CertmanError} `record.changed` for an edit that the index does not know */
  #revisionOf(entry: IndexEntry, expected: string): string {
    if (expected === 'any' || expected === 'absent') return entry.revision
    const { revision } = this.#texts.of(entry)
    if (revision === entry.revision) return revision
    const name = nameOfEntry(this.tools.files, entry)
    throw new CertmanError('record.changed', `${entry.kind} ${entry.id} was edited by hand: ${name}`, {
      hint: 'take the edit in with: certman store reindex',
    })
  }

  #stored(entry: IndexEntry): StoredRecord {
    const found = { entry, name: nameOfEntry(this.tools.files, entry), ...this.#texts.of(entry) }
    return asIndexed(found) ?? asEdited(found, this.tools.describe)
  }

  #trashedRecord(kind: RecordKind, id: string): NewRecord {
    const entry = this.index.getTrashed(kind, id)
    if (!entry) throw notFound(kind, id, ' in the trash')
    return this.#texts.trashed(entry)
  }

  /** A file that the index does not know is somebody's work: nothing goes over it. */
  #refuseUnknownFile(kind: RecordKind, id: string): void {
    const path = recordPath(kind, id)
    if (!this.staging.exists(path)) return
    throw new CertmanError(
      'store.damaged',
      `${this.tools.files.absolute(path)} is there, but the store does not know it`,
      { hint: 'take it in with: certman store reindex' },
    )
  }

  #note({ kind, id }: NewRecord, live: RecordPlace, isUnused: boolean): void {
    const trashed = !isUnused && this.index.getTrashed(kind, id) !== undefined
    this.staging.touch({ kind, id, live, trashed })
  }

  #log(change: Change): void {
    this.staging.log(logLine(this.#authorship(), change))
  }

  /** One time for all that happens together. */
  #authorship(): Authorship {
    return (this.#author ??= { time: this.tools.now().toISOString(), actor: this.tools.actor })
  }
}
