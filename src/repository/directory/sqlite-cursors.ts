import type { Database, SqlValue, Statement } from './sqlite.ts'

type Row = Record<string, SqlValue>

/** Texts of statements that a connection keeps ready: queries of users make more and more of them. */
const MOST = 300

/**
 * The statements of one connection. A statement has one cursor, and two listings may run at once: each has a statement of
 * its own as long as it runs. It is held here meanwhile, because a cursor does not keep the statement alive that it reads from.
 */
export class Cursors {
  readonly #database: Database
  readonly #kept = new Map<string, Statement>()
  readonly #idle = new Map<string, Statement[]>()
  readonly #running = new Set<Statement>()

  constructor(database: Database) {
    this.#database = database
  }

  /** A statement that is done with when its call returns. */
  kept(sql: string): Statement {
    let statement = this.#kept.get(sql)
    if (statement) return statement
    statement = this.#database.prepare(sql)
    if (this.#kept.size >= MOST) this.#kept.clear()
    this.#kept.set(sql, statement)
    return statement
  }

  /** The rows of a SELECT. */
  *rows(sql: string, values: readonly SqlValue[]): Iterable<Row> {
    const statement = this.#idle.get(sql)?.pop() ?? this.#database.prepare(sql)
    this.#running.add(statement)
    let isWell = true
    try {
      yield* statement.iterate(...values)
    } catch (error) {
      isWell = false
      throw error
    } finally {
      this.#running.delete(statement)
      if (isWell) this.#keep(sql, statement)
    }
  }

  #keep(sql: string, statement: Statement): void {
    const others = this.#idle.get(sql)
    if (others) return void others.push(statement)
    if (this.#idle.size >= MOST) this.#idle.clear()
    this.#idle.set(sql, [statement])
  }
}
