import type { Query } from '../../domain/filter.ts'
import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import { SQL_FUNCTIONS } from '../../query/fold.ts'
import { toSql } from '../../query/sql.ts'
import {
  segmentOf,
  type IndexEntry,
  type IndexWriting,
  type RecordPlace,
  type TrashEntry,
} from '../record-index.ts'
import type { LookUp, RevokedRow } from '../repository.ts'
import { PendingRows } from './pending-rows.ts'
import { Cursors } from './sqlite-cursors.ts'
import { idTest, idValue, searchFor } from './sqlite-look-up.ts'
import { Insertions } from './sqlite-insertions.ts'
import { toEntry, toTrashEntry } from './sqlite-rows.ts'
import { from, selectRows, sqlOptions } from './sqlite-select.ts'
import { revokedRows } from './sqlite-revoked.ts'
import { rowTexts } from './sqlite-texts.ts'
import { Terms } from './sqlite-terms.ts'
import { updateOf, type OldRow } from './sqlite-update.ts'
import type { Database, Statement } from './sqlite.ts'

interface IndexOptions {
  /** It is being filled, and has no terms until it is full. */
  readonly isBare?: boolean
  /** See `Terms`. */
  readonly enoughTerms?: number
}

/**
 * The index on one connection. Whoever owns the connection begins and ends transactions. New rows wait in memory until
 * somebody asks for what they may answer, or `settle`.
 */
export class SqliteIndex implements IndexWriting {
  readonly database: Database
  readonly #insertions: Insertions
  readonly #cursors: Cursors
  readonly #terms: Terms | undefined
  #pending = new PendingRows()

  constructor(database: Database, { isBare = false, enoughTerms }: IndexOptions = {}) {
    this.database = database
    this.#insertions = new Insertions(database)
    this.#cursors = new Cursors(database)
    this.#terms = isBare ? undefined : new Terms(this.#cursors, enoughTerms)
    for (const [name, call] of Object.entries(SQL_FUNCTIONS))
      database.function(name, { deterministic: true }, call)
  }

  get(kind: RecordKind, id: string): IndexEntry | undefined {
    const pending = this.#pending.get(kind, id)
    if (pending) return pending
    const found = this.#prepare(`${from(kind)} WHERE ${idTest(kind)}`).get(idValue(kind, id))
    return found && toEntry(kind, found)
  }

  *list(kind: RecordKind, query: Query, now: Date): Iterable<IndexEntry> {
    this.#settle(kind)
    for (const found of selectRows(this.#cursors, { query, options: sqlOptions(kind, now, this.#cursors) }))
      yield toEntry(kind, found)
  }

  texts(kind: RecordKind, query: Query, now: Date): Iterable<readonly string[]> {
    return rowTexts(this.#cursors, query, sqlOptions(kind, now, this.#cursors))
  }

  count(kind: RecordKind, filter: Query['filter'], now: Date): number {
    this.#settle(kind)
    const { where, params } = toSql(filter, sqlOptions(kind, now, this.#cursors))
    const rows = where.includes('r.row') ? `CROSS JOIN ${kind}_row r ON r.n = h.n` : ''
    const found = this.#prepare(`SELECT count(*) AS total FROM ${kind} h ${rows} WHERE ${where}`).get(
      ...params,
    )
    return found?.['total'] as number
  }

  find(kind: RecordKind, lookUp: LookUp): readonly IndexEntry[] {
    // asked for one row, SQLite answers in half the time that a list of one takes
    if (lookUp.by === 'id') return alone(this.get(kind, lookUp.id))
    if (this.#pending.mayFit(kind, lookUp)) this.#settle(kind)
    const search = searchFor(kind, lookUp)
    if (!search) return []
    const { first } = search
    if (first && !this.#prepare(first.sql).get(first.value)) return []
    return this.#prepare(search.sql)
      .all(...search.values)
      .map((found) => toEntry(kind, found))
  }

  trashed(kind?: RecordKind): readonly TrashEntry[] {
    const sql = `SELECT * FROM trash WHERE ?1 IS NULL OR kind = ?1 ORDER BY trashedAt DESC, length(id) DESC, id DESC`
    return this.#prepare(sql)
      .all(kind ?? null)
      .map(toTrashEntry)
  }

  getTrashed(kind: RecordKind, id: string): TrashEntry | undefined {
    const found = this.#prepare('SELECT * FROM trash WHERE kind = ? AND id = ?').get(kind, id)
    return found && toTrashEntry(found)
  }

  copies(kind: RecordKind, id: string): readonly number[] {
    const found = this.#prepare('SELECT segment FROM copies WHERE kind = ? AND id = ?').all(kind, id)
    const current = segmentOf(this.get(kind, id)?.place ?? 'loose')
    return [
      ...new Set([
        ...found.map((one) => one['segment'] as number),
        ...(current === undefined ? [] : [current]),
      ]),
    ]
  }

  revoked(authorityId: string): Iterable<RevokedRow> {
    this.#settle('certificate')
    return revokedRows(this.database, authorityId)
  }

  highestId(kind: RecordKind): number {
    this.#settle(kind)
    // the trash has an index on this expression
    const sql = `SELECT max(coalesce((SELECT max(n) FROM ${kind}), 0),
      coalesce((SELECT max(CAST(id AS INTEGER)) FROM trash WHERE kind = ?), 0)) AS highest`
    return this.#prepare(sql).get(kind)?.['highest'] as number
  }

  upsert(entry: IndexEntry): void {
    const { kind, id } = entry
    this.#settle(kind)
    const old = this.#placeOf(kind, id)
    if (!old) return this.insert(entry)
    this.#leave(kind, id, old)
    const { sql, values, hasNewTerms } = updateOf(kind, old, entry)
    if (hasNewTerms) this.#terms?.drop(kind, old.n)
    this.#prepare(sql).run(...values)
    if (hasNewTerms) this.#terms?.add(kind, [old.n])
    this.#prepare(`UPDATE ${kind}_row SET row = ? WHERE n = ?`).run(JSON.stringify(entry.row), old.n)
  }

  insert(entry: IndexEntry): void {
    if (this.#pending.isFull(entry.kind)) this.#settle(entry.kind)
    this.#pending.add(entry)
  }

  /** Puts in what waits, so that nothing but the commit can fail later. */
  settle(): void {
    for (const kind of RECORD_KINDS) this.#settle(kind)
    this.#terms?.settle()
  }

  /** Forgets what waits: the transaction is rolled back. */
  forget(): void {
    this.#pending = new PendingRows()
  }

  remove(kind: RecordKind, id: string): void {
    this.#settle(kind)
    const old = this.#placeOf(kind, id)
    if (!old) return
    this.#leave(kind, id, old)
    this.#terms?.drop(kind, old.n)
    this.#prepare(`DELETE FROM ${kind} WHERE n = ?`).run(old.n)
    this.#prepare(`DELETE FROM ${kind}_row WHERE n = ?`).run(old.n)
  }

  move(kind: RecordKind, id: string, place: RecordPlace): void {
    if (this.#pending.move(kind, id, place)) return
    const values = place === 'loose' ? [null, null, null] : [place.segment, place.offset, place.length]
    const sql = `UPDATE ${kind} AS h SET segment = ?, offset = ?, length = ? WHERE ${idTest(kind)}`
    this.#prepare(sql).run(...values, idValue(kind, id))
  }

  addTrash({ kind, id, revision, trashedAt, row }: TrashEntry): void {
    const sql = 'INSERT OR REPLACE INTO trash(kind, id, revision, trashedAt, row) VALUES (?, ?, ?, ?, ?)'
    this.#prepare(sql).run(kind, id, revision, trashedAt, JSON.stringify(row))
  }

  removeTrash(kind: RecordKind, id: string): void {
    this.#prepare('DELETE FROM trash WHERE kind = ? AND id = ?').run(kind, id)
  }

  removeCopies(kind: RecordKind, id: string): void {
    this.#prepare('DELETE FROM copies WHERE kind = ? AND id = ?').run(kind, id)
  }

  clear(): void {
    this.forget()
    for (const kind of RECORD_KINDS) this.database.exec(`DELETE FROM ${kind}; DELETE FROM ${kind}_row`)
    this.#terms?.clear()
    this.database.exec('DELETE FROM trash; DELETE FROM copies; DELETE FROM meta')
  }

  /** The position of the change log that the index stands for; undefined when it has none. */
  position(): string | undefined {
    return this.#prepare("SELECT value FROM meta WHERE key = 'position'").get()?.['value'] as
      string | undefined
  }

  setPosition(position: string): void {
    this.settle()
    this.#prepare("INSERT OR REPLACE INTO meta(key, value) VALUES ('position', ?)").run(position)
  }

  #settle(kind: RecordKind): void {
    const added: number[] = []
    for (const entry of this.#pending.take(kind)) added.push(this.#insertions.put(entry))
    this.#terms?.add(kind, added)
  }

  #placeOf(kind: RecordKind, id: string): OldRow | undefined {
    const sql = `SELECT h.n, h.segment, h.fingerprint, h.listHashes FROM ${kind} h WHERE ${idTest(kind)}`
    return this.#prepare(sql).get(idValue(kind, id)) as OldRow | undefined
  }

  /** A copy stays behind in the segment that the record leaves. */
  #leave(kind: RecordKind, id: string, { segment }: OldRow): void {
    if (segment === null) return
    this.#prepare('INSERT OR IGNORE INTO copies(kind, id, segment) VALUES (?, ?, ?)').run(kind, id, segment)
  }

  #prepare(sql: string): Statement {
    return this.#cursors.kept(sql)
  }
}

const alone = <T>(found: T | undefined): readonly T[] => (found === undefined ? [] : [found])
