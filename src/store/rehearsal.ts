import { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { Query } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { noRecord } from '../domain/reference.ts'
import type {
  Describe,
  IndexedRecord,
  LookUp,
  NewRecord,
  Reading,
  RevokedRow,
  StoredRecord,
  WriteTransaction,
} from '../repository/repository.ts'
import { handleOf, handlesOf } from '../repository/memory-index.ts'
import { revokedRow } from '../repository/record-index.ts'
import { revokedBy } from './authority-filters.ts'

/**
 * A transaction that stays in memory: a dry run takes the same path as the real thing and writes nothing, waits for
 * no lock and makes no file. New records carry the ids `new-1`, `new-2` …, since real ones are given by writing only.
 */
export class Rehearsal implements WriteTransaction {
  readonly #base: Reading
  readonly #describe: Describe
  readonly #live = new Map<string, StoredRecord>()
  /** See `handlesOf`: one map for all look-ups keeps bulk runs linear. */
  readonly #handles = new Map<string, Set<string>>()
  /** Records of the base that this rehearsal changed, removed or brought back. */
  readonly #touched = new Set<string>()
  readonly #trash = new Map<string, IndexedRecord>()
  readonly #untrashed = new Set<string>()
  readonly #attachments = new Map<string, Uint8Array>()
  #ids = 0

  constructor(base: Reading, describe: Describe) {
    this.#base = base
    this.#describe = describe
  }

  /** What the base holds: what is asked of lists here is not what the same transaction changes. */
  list(kind: RecordKind, query: Query): AsyncIterable<IndexedRecord> {
    return this.#base.list(kind, query)
  }

  count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    return this.#base.count(kind, query)
  }

  async find(kind: RecordKind, lookUp: LookUp): Promise<readonly IndexedRecord[]> {
    const own = this.#findOwn(kind, lookUp)
    const based = await this.#base.find(kind, lookUp)
    return [...based.filter(({ id }) => !this.#touched.has(`${kind} ${id}`)), ...own]
  }

  #findOwn(kind: RecordKind, lookUp: LookUp): readonly StoredRecord[] {
    if (lookUp.by === 'hex') throw new TypeError('a rehearsal has no look-up by digits')
    const keys = lookUp.by === 'id' ? [`${kind} ${lookUp.id}`] : this.#handles.get(handleOf(kind, lookUp))
    return [...(keys ?? [])].map((key) => this.#live.get(key)).filter((record) => record !== undefined)
  }

  async read(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    const key = `${kind} ${id}`
    return this.#touched.has(key) ? this.#live.get(key) : this.#base.read(kind, id)
  }

  async readAttachment(kind: RecordKind, id: string): Promise<Uint8Array | undefined> {
    return this.#attachments.get(`${kind} ${id}`) ?? this.#base.readAttachment(kind, id)
  }

  async trashed(kind?: RecordKind): Promise<readonly IndexedRecord[]> {
    const based = await this.#base.trashed(kind)
    const own = [...this.#trash.values()].filter((record) => kind === undefined || record.kind === kind)
    return [...own, ...based.filter((record) => !this.#untrashed.has(`${record.kind} ${record.id}`))]
  }

  async revoked(authorityId: string): Promise<Iterable<RevokedRow>> {
    const records: IndexedRecord[] = []
    for await (const record of this.list('certificate', { filter: revokedBy(authorityId), sort: [] }))
      if (!this.#touched.has(`certificate ${record.id}`)) records.push(record)
    for (const record of this.#live.values()) if (record.kind === 'certificate') records.push(record)
    return records.map((record) => revokedRow(record, authorityId)).filter((row) => row !== undefined)
  }

  nextId(): Promise<string> {
    return Promise.resolve(`new-${++this.#ids}`)
  }

  async put(record: NewRecord, expected: string): Promise<JsonObject> {
    await this.#expect(record.kind, record.id, expected)
    this.#forget(record.kind, record.id)
    if (record.attachment) this.#attachments.set(`${record.kind} ${record.id}`, record.attachment)
    const row = this.#rowOf(record)
    this.#remember({ ...record, revision: 'rehearsed', row })
    return row
  }

  async remove(kind: RecordKind, id: string, expected: string): Promise<void> {
    const [record] = await this.#expect(kind, id, expected)
    if (!record) throw noRecord(kind, id)
    this.#forget(kind, id)
    this.#trash.set(`${kind} ${id}`, record)
  }

  async restore(kind: RecordKind, id: string): Promise<void> {
    const record = (await this.trashed(kind)).find((trashed) => trashed.id === id)
    if (!record) throw noRecord(kind, id, ' in the trash')
    this.#leaveTrash(kind, id)
    this.#forget(kind, id)
    // its bytes stay in the trash: the row stands for the fields, and `put` keeps the facts that are in it
    this.#remember({ ...record, fields: record.row })
  }

  destroy(kind: RecordKind, id: string): Promise<void> {
    this.#leaveTrash(kind, id)
    return Promise.resolve()
  }

  setHead(): Promise<void> {
    return Promise.resolve()
  }

  async #expect(kind: RecordKind, id: string, expected: string): Promise<readonly IndexedRecord[]> {
    const found = await this.find(kind, { by: 'id', id })
    const fits =
      expected === 'absent' ? found.length === 0 : expected === 'any' || found[0]?.revision === expected
    if (!fits) throw new CertmanError('record.changed', `${kind} ${id} is not as it was`)
    return found
  }

  #rowOf(record: NewRecord): JsonObject {
    return record.pem ? this.#describe(record) : record.fields
  }

  #remember(record: StoredRecord): void {
    const key = `${record.kind} ${record.id}`
    this.#live.set(key, record)
    for (const handle of handlesOf(record.kind, record.row))
      this.#handles.set(handle, (this.#handles.get(handle) ?? new Set()).add(key))
  }

  #forget(kind: RecordKind, id: string): void {
    const key = `${kind} ${id}`
    this.#touched.add(key)
    const record = this.#live.get(key)
    if (!record) return
    for (const handle of handlesOf(kind, record.row)) this.#handles.get(handle)?.delete(key)
    this.#live.delete(key)
  }

  #leaveTrash(kind: RecordKind, id: string): void {
    this.#trash.delete(`${kind} ${id}`)
    this.#untrashed.add(`${kind} ${id}`)
  }
}
