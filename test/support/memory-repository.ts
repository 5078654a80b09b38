import type { Ambient } from '../../src/base/ambient.ts'
import { toHex } from '../../src/base/bytes.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Query } from '../../src/domain/filter.ts'
import { CLAIMS, type RecordKind } from '../../src/domain/records.ts'
import { checkExpected, notFound } from '../../src/repository/expect.ts'
import { checkId } from '../../src/repository/ids.ts'
import { MemoryIndex } from '../../src/repository/memory-index.ts'
import { compareIds, normalise } from '../../src/repository/record-index.ts'
import { revisionOf, writeRecordText } from '../../src/repository/record-text.ts'
import { rowText } from '../../src/repository/row-text.ts'
import type {
  Describe,
  IndexedRecord,
  LookUp,
  NewRecord,
  Repository,
  RevokedRow,
  StoreHead,
  StoredRecord,
  WriteTransaction,
} from '../../src/repository/repository.ts'

/** Everything that a transaction may change; copied for each transaction, swapped in when it succeeds. */
interface State {
  readonly head: StoreHead
  readonly index: MemoryIndex
  readonly records: Map<string, NewRecord>
  readonly trash: Map<string, NewRecord>
  readonly nextIds: Map<RecordKind, number>
  /** By `keyOf`; they stay with their record, in the trash as well. */
  readonly attachments: Map<string, Uint8Array>
}

const keyOf = (kind: RecordKind, id: string): string => `${kind} ${id}`

/** A repository that lives as long as the process. It keeps the port's contract, so that stores are tested without a disk. */
export function memoryRepository(describe: Describe, ambient: Ambient): Repository {
  return new MemoryRepository(describe, ambient)
}

class MemoryReading {
  state: State
  protected readonly ambient: Ambient

  constructor(state: State, ambient: Ambient) {
    this.state = state
    this.ambient = ambient
  }

  async *list(kind: RecordKind, query: Query): AsyncIterable<IndexedRecord> {
    yield* this.state.index.list(kind, query, this.ambient.now())
  }

  count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    return Promise.resolve(this.state.index.count(kind, query.filter, this.ambient.now()))
  }

  find(kind: RecordKind, lookUp: LookUp): Promise<readonly IndexedRecord[]> {
    return Promise.resolve(this.state.index.find(kind, lookUp))
  }

  read(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    const entry = this.state.index.get(kind, id)
    const record = this.state.records.get(keyOf(kind, id))
    return Promise.resolve(entry && record && { ...entry, ...record })
  }

  readAttachment(kind: RecordKind, id: string): Promise<Uint8Array | undefined> {
    const isLive = this.state.records.has(keyOf(kind, id))
    return Promise.resolve(isLive ? this.state.attachments.get(keyOf(kind, id)) : undefined)
  }

  trashed(kind?: RecordKind): Promise<readonly IndexedRecord[]> {
    return Promise.resolve(this.state.index.trashed(kind))
  }
}

class MemoryRepository extends MemoryReading implements Repository {
  readonly #describe: Describe
  #writers: Promise<unknown> = Promise.resolve()
  #version = 0

  constructor(describe: Describe, ambient: Ambient) {
    const id = toHex(ambient.random(16))
    const head = { format: 1, id, name: 'memory', claims: CLAIMS, createdAt: ambient.now().toISOString() }
    super(
      {
        head,
        index: new MemoryIndex(),
        records: new Map(),
        trash: new Map(),
        nextIds: new Map(),
        attachments: new Map(),
      },
      ambient,
    )
    this.#describe = describe
  }

  head = (): Promise<StoreHead> => Promise.resolve(this.state.head)

  version(): Promise<string> {
    return Promise.resolve(String(this.#version))
  }

  async *texts(kind: RecordKind, query: Query): AsyncIterable<readonly string[]> {
    const now = this.ambient.now()
    for (const entry of this.state.index.list(kind, query, now)) yield [rowText(entry, now)]
  }

  async write<T>(body: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    const run = this.#writers.then(() => this.#write(body))
    this.#writers = run.catch(() => undefined)
    return run
  }

  async #write<T>(body: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    const { head, index, records, trash, nextIds, attachments } = this.state
    const draft = {
      head,
      index: index.clone(),
      records: new Map(records),
      trash: new Map(trash),
      nextIds: new Map(nextIds),
      attachments: new Map(attachments),
    }
    const tx = new MemoryTransaction(draft, this.ambient, this.#describe)
    const result = await body(tx)
    this.state = tx.state
    this.#version++
    return result
  }

  check(): Promise<readonly []> {
    return Promise.resolve([])
  }

  reindex(): Promise<{ readonly records: number; readonly adopted: readonly string[] }> {
    return Promise.resolve({ records: this.state.records.size, adopted: [] })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

class MemoryTransaction extends MemoryReading implements WriteTransaction {
  readonly #describe: Describe

  constructor(state: State, ambient: Ambient, describe: Describe) {
    super(state, ambient)
    this.#describe = describe
  }

  revoked(authorityId: string): Promise<Iterable<RevokedRow>> {
    return Promise.resolve(this.state.index.revoked(authorityId))
  }

  nextId(kind: RecordKind): Promise<string> {
    const next = this.state.nextIds.get(kind) ?? 1
    this.state.nextIds.set(kind, next + 1)
    return Promise.resolve(String(next))
  }

  async put(given: NewRecord, expected: string): Promise<JsonObject> {
    const { kind, id } = given
    checkId(kind, id)
    checkExpected({ kind, id, expected }, this.state.index.get(kind, id)?.revision)
    this.#keep(normalise(given))
    if (/^\d+$/.test(id)) this.#skipId(kind, Number(id))
    return this.state.index.get(kind, id)!.row
  }

  async remove(kind: RecordKind, id: string, expected: string): Promise<void> {
    const entry = this.state.index.get(kind, id)
    if (!entry) throw notFound(kind, id)
    checkExpected({ kind, id, expected }, entry.revision)
    this.state.index.remove(kind, id)
    this.state.index.addTrash({ ...entry, trashedAt: this.ambient.now().toISOString() })
    this.state.trash.set(keyOf(kind, id), this.state.records.get(keyOf(kind, id))!)
    this.state.records.delete(keyOf(kind, id))
  }

  async restore(kind: RecordKind, id: string): Promise<void> {
    const record = this.state.trash.get(keyOf(kind, id))
    if (!record) throw notFound(kind, id, ' in the trash')
    checkExpected({ kind, id, expected: 'absent' }, this.state.index.get(kind, id)?.revision)
    this.#drop(kind, id)
    this.#keep(record)
  }

  async destroy(kind: RecordKind, id: string): Promise<void> {
    if (!this.state.index.getTrashed(kind, id)) throw notFound(kind, id, ' in the trash')
    this.#drop(kind, id)
    if (!this.state.records.has(keyOf(kind, id))) this.state.attachments.delete(keyOf(kind, id))
  }

  async setHead(changes: Partial<Pick<StoreHead, 'name' | 'claims'>>): Promise<void> {
    this.state = { ...this.state, head: { ...this.state.head, ...changes } }
  }

  #keep(given: NewRecord): void {
    const { kind, id, fields, pem, attachment } = given
    const record = { kind, id, fields, ...(pem && { pem }) }
    if (attachment) this.state.attachments.set(keyOf(kind, id), attachment)
    const row = this.#describe(given)
    const revision = revisionOf(writeRecordText(record, row))
    this.state.records.set(keyOf(kind, id), record)
    this.state.index.upsert({ kind, id, revision, row, place: 'loose' })
  }

  #drop(kind: RecordKind, id: string): void {
    this.state.index.removeTrash(kind, id)
    this.state.trash.delete(keyOf(kind, id))
  }

  #skipId(kind: RecordKind, id: number): void {
    if (compareIds(String(this.state.nextIds.get(kind) ?? 1), String(id)) <= 0)
      this.state.nextIds.set(kind, id + 1)
  }
}
