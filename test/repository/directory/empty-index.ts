import { openDatabase } from '../../../src/repository/directory/sqlite.ts'
import { SqliteIndex } from '../../../src/repository/directory/sqlite-index.ts'
import { INDEXES, TABLES } from '../../../src/repository/directory/sqlite-tables.ts'

/** An index in memory, as that of a new store is. */
export function emptyIndex(enoughTerms?: number): SqliteIndex {
  const database = openDatabase(':memory:', 1000)
  database.exec(`${TABLES} ${INDEXES}`)
  return new SqliteIndex(database, enoughTerms === undefined ? {} : { enoughTerms })
}
