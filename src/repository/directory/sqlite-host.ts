import { CertmanError } from '../../base/errors.ts'
import { TurnLook } from '../../base/turn-look.ts'
import type { Query } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import type { IndexEntry, IndexReading, IndexWriting } from '../record-index.ts'
import type { Files } from './files.ts'
import type { IndexDraft, IndexHost } from './index-host.ts'
import { INDEX, preparedPath, withCompanions } from './paths.ts'
import { SqliteIndex } from './sqlite-index.ts'
import { SCHEMA_VERSION } from './sqlite-schema.ts'
import { INDEXES, TABLES } from './sqlite-tables.ts'
import { openDatabase, sqliteCode, type Database, type Statement } from './sqlite.ts'

/** Milliseconds that SQLite waits for another process inside one statement (checkpoints, first opening). */
const BUSY_MS = 10_000

/** Bytes of the write-ahead log that are worth a checkpoint at closing. */
const LONG_LOG = 1024 * 1024

/** A row takes a kilobyte or two: pages of 4096 would hold two of them and waste the rest. */
const PAGES = 'PRAGMA page_size = 8192'

/** Pages of the write-ahead log that make a checkpoint worth its while: 32 MiB, eight thousand certificates or so. */
const LATE_CHECKPOINT = 'PRAGMA wal_autocheckpoint = 4000'

/** 64 MiB of pages for a connection that writes. */
const CACHE = 'PRAGMA cache_size = -65536'

/**
 * What it takes to undo a statement by itself stays in memory: a file would get a copy of each page that new terms go to.
 * In memory lies then what a statement sorts, too: those of transactions sort nothing large.
 */
const UNDO_IN_MEMORY = 'PRAGMA temp_store = MEMORY'

/** The write-ahead log of the index. */
const LOG = `${INDEX}-wal`

let hosts = 0

/** The index in `index.sqlite`: one connection for writing, and one for each reading that is under way. */
export class SqliteHost implements IndexHost {
  readonly #files: Files
  readonly #inode: number
  readonly #idle: SqliteIndex[] = []
  readonly #open = new Set<SqliteIndex>()
  #writer: SqliteIndex | undefined
  readonly #number = ++hosts
  #watch: { readonly index: SqliteIndex; readonly version: Statement } | undefined
  readonly #replacement = new TurnLook(() => this.isReplaced())
  #isRetired = false

  private constructor(files: Files, inode: number) {
    this.#files = files
    this.#inode = inode
  }

  /**
   * Opens the index that is there; undefined when there is none of this version.
   *
   * @throws SQLite errors, see `isCorrupt` and `isUnopenable`
   */
  static open(files: Files): SqliteHost | undefined {
    const facts = files.facts(INDEX)
    if (!facts || facts.size === 0) return undefined
    const host = new SqliteHost(files, facts.inode)
    let isCurrent = false
    try {
      isCurrent = host.read((index) => versionOf((index as SqliteIndex).database) === SCHEMA_VERSION)
    } finally {
      if (!isCurrent) host.close()
    }
    return isCurrent ? host : undefined
  }

  /**
   * Makes an index aside and puts it in place of whatever is there. The caller holds the store's lock.
   *
   * @param fill puts the records in and answers the position that they stand for
   */
  static build(files: Files, fill: (index: IndexWriting) => string): SqliteHost {
    const path = preparedPath(INDEX)
    for (const each of withCompanions(path)) files.remove(each)
    // 0600 from the start; SQLite would use the umask, and gives its other files the mode of this one
    files.writeAt(path, 0, '')
    const database = openDatabase(files.absolute(path), BUSY_MS)
    try {
      // nobody sees it before it is whole: nothing has to be undone, and one flush at the end is enough
      database.exec(
        `${PAGES}; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; ${CACHE}; BEGIN; ${TABLES}`,
      )
      const index = new SqliteIndex(database, { isBare: true })
      index.setPosition(fill(index))
      database.exec(`${INDEXES} COMMIT; PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL`)
    } catch (error) {
      database.close()
      files.remove(path)
      throw error
    }
    database.close()
    SqliteHost.remove(files)
    files.rename(path, INDEX)
    const built = SqliteHost.open(files)
    if (built) return built
    throw new CertmanError('store.damaged', `the index of ${files.absolute('')} was taken away at once`, {
      hint: 'run the command again, it builds the index anew',
    })
  }

  /** Takes the index away; the next command builds another. The caller holds the store's lock. */
  static remove(files: Files): void {
    for (const path of withCompanions(INDEX)) files.remove(path)
  }

  read<T>(use: (index: IndexReading) => T): T {
    const index = this.#take()
    try {
      return use(index)
    } finally {
      this.#idle.push(index)
    }
  }

  stream(use: (index: IndexReading) => Iterable<IndexEntry>): Iterable<IndexEntry> {
    return this.#lend(use)
  }

  texts(kind: RecordKind, query: Query, now: Date): Iterable<readonly string[]> {
    return this.#lend((index) => index.texts(kind, query, now))
  }

  *#lend<T>(use: (index: SqliteIndex) => Iterable<T>): Iterable<T> {
    // a cursor holds its connection's view of the database: nobody else may use it meanwhile
    const index = this.#take()
    try {
      yield* use(index)
    } finally {
      if (this.#isRetired) this.#closeOne(index)
      else this.#idle.push(index)
    }
  }

  version(): string {
    // it counts what other connections changed: nothing is ever changed through this one
    if (!this.#watch) {
      const index = this.#connect()
      this.#watch = { index, version: index.database.prepare('PRAGMA data_version') }
    }
    return `${this.#number} ${this.#watch.version.get()?.['data_version'] as number}`
  }

  position(): string | undefined {
    return this.read((index) => (index as SqliteIndex).position())
  }

  damage(): string | undefined {
    try {
      const verdict = this.read((index) =>
        (index as SqliteIndex).database.prepare('PRAGMA quick_check(1)').get(),
      )
      const text = Object.values(verdict ?? {})[0]
      return text === 'ok' ? undefined : String(text)
    } catch (error) {
      if (sqliteCode(error) === undefined) throw error
      return (error as Error).message
    }
  }

  isReplaced(): boolean {
    return this.#files.facts(INDEX)?.inode !== this.#inode
  }

  wasReplaced(): boolean {
    return this.#replacement.value
  }

  begin(): IndexDraft {
    this.#writer ??= this.#connect(
      `PRAGMA synchronous = NORMAL; ${CACHE}; ${LATE_CHECKPOINT}; ${UNDO_IN_MEMORY}`,
    )
    const index = this.#writer
    index.database.exec('BEGIN IMMEDIATE')
    return {
      index,
      settle: () => index.settle(),
      commit: (position) => {
        index.setPosition(position)
        index.database.exec('COMMIT')
      },
      rollback: () => {
        index.forget()
        index.database.exec('ROLLBACK')
      },
    }
  }

  /** Another index takes its place: closes all but the connections of listings that go on; those close at their end. */
  retire(): void {
    this.#isRetired = true
    const others = [this.#writer, this.#watch?.index].filter((index) => index !== undefined)
    for (const index of [...this.#idle, ...others]) this.#closeOne(index)
    this.#idle.length = 0
    this.#writer = undefined
    this.#watch = undefined
  }

  close(): void {
    this.#shrinkLog()
    for (const index of this.#open) index.database.close()
    this.#open.clear()
    this.#idle.length = 0
    this.#writer = undefined
    this.#watch = undefined
  }

  /** A long write-ahead log slows the next opening down: it goes into the database, if no reader is in the way. */
  #shrinkLog(): void {
    if (!this.#writer || (this.#files.facts(LOG)?.size ?? 0) < LONG_LOG) return
    try {
      this.#writer.database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (error) {
      // the index is whole with a long log too; whatever is wrong shows at the next opening
      if (sqliteCode(error) === undefined) throw error
    }
  }

  #closeOne(index: SqliteIndex): void {
    if (this.#open.delete(index)) index.database.close()
  }

  #take(): SqliteIndex {
    return this.#idle.pop() ?? this.#connect()
  }

  #connect(pragmas = ''): SqliteIndex {
    const index = new SqliteIndex(openDatabase(this.#files.absolute(INDEX), BUSY_MS))
    this.#open.add(index)
    if (pragmas !== '') index.database.exec(pragmas)
    return index
  }
}

const versionOf = (database: Database): number =>
  database.prepare('PRAGMA user_version').get()?.['user_version'] as number
