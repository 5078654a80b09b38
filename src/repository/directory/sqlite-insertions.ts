import type { RecordKind } from '../../domain/records.ts'
import { hasDecimalIds, type IndexEntry } from '../record-index.ts'
import { ENTRY_COLUMNS, valuesOf } from './sqlite-rows.ts'
import type { Database, Statement } from './sqlite.ts'

/** What takes a new record in. */
interface Insertion {
  readonly narrow: Statement
  readonly wide: Statement
}

/** Puts new records into both tables of their kind. */
export class Insertions {
  readonly #database: Database
  readonly #ready = new Map<RecordKind, Insertion>()

  constructor(database: Database) {
    this.#database = database
  }

  /** @returns the record's number in the tables */
  put(entry: IndexEntry): number {
    const { narrow, wide } = this.#insertion(entry.kind)
    const id = hasDecimalIds(entry.kind) ? Number(entry.id) : null
    const { lastInsertRowid } = narrow.run(id, ...valuesOf(entry))
    wide.run(lastInsertRowid, JSON.stringify(entry.row))
    return lastInsertRowid
  }

  #insertion(kind: RecordKind): Insertion {
    let both = this.#ready.get(kind)
    if (!both) {
      const marks = ENTRY_COLUMNS.map(() => '?').join(', ')
      const narrow = `INSERT INTO ${kind}(n, ${ENTRY_COLUMNS.join(', ')}) VALUES (?, ${marks})`
      const wide = `INSERT INTO ${kind}_row(n, row) VALUES (?, ?)`
      both = { narrow: this.#database.prepare(narrow), wide: this.#database.prepare(wide) }
      this.#ready.set(kind, both)
    }
    return both
  }
}
