import type { Query } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import { orderBy } from '../../query/sort.ts'
import { toSql, type SqlOptions, type SqlParam } from '../../query/sql.ts'
import { ENTRY } from './sqlite-rows.ts'
import { columnOf, foldedColumnOf, listTextOf } from './sqlite-schema.ts'
import { candidates } from './sqlite-terms.ts'
import type { Cursors } from './sqlite-cursors.ts'
import type { SqlValue } from './sqlite.ts'

/** Columns of a SELECT with the parameters in them. */
export interface Columns {
  readonly sql: string
  readonly params: readonly SqlParam[]
}

/** The records of a kind. CROSS JOIN: the narrow table is always the outer one, so that its indexes give the order. */
export const from = (kind: RecordKind, columns = ENTRY): string =>
  `SELECT ${columns} FROM ${kind} h CROSS JOIN ${kind}_row r ON r.n = h.n`

/** How the tables of a kind are asked. */
export const sqlOptions = (kind: RecordKind, now: Date, cursors: Cursors): SqlOptions => ({
  kind,
  now,
  column: (path) => columnOf(kind, path),
  folded: (path) => foldedColumnOf(kind, path),
  listText: listTextOf,
  candidates: (path, values) => candidates(cursors, kind, [path, values]),
  row: 'r.row',
})

/** The records that a query finds, in its order; by default the columns of `toEntry`. */
export function selectRows(
  cursors: Cursors,
  { query, options, columns }: { query: Query; options: SqlOptions; columns?: Columns },
): Iterable<Record<string, SqlValue>> {
  const filter = toSql(query.filter, options)
  const order = orderBy(query.sort, options)
  const sql = `${from(options.kind, columns?.sql)} WHERE ${filter.where} ORDER BY ${order.sql} LIMIT ? OFFSET ?`
  const paging = [query.limit ?? -1, query.offset ?? 0]
  const values = [...(columns?.params ?? []), ...filter.params, ...order.params, ...paging]
  return cursors.rows(sql, values)
}
