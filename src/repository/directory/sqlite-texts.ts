import type { JsonObject } from '../../base/json.ts'
import type { Query } from '../../domain/filter.ts'
import { stateCase, type SqlOptions } from '../../query/sql.ts'
import { selectRows, type Columns } from './sqlite-select.ts'
import type { Cursors } from './sqlite-cursors.ts'
import type { SqlValue } from './sqlite.ts'

/** Characters that are handed over together. */
const PIECE = 64 * 1024

/** The row, and the state of a certificate. */
function textColumns(options: SqlOptions): Columns {
  if (options.kind !== 'certificate') return { sql: 'r.row', params: [] }
  const { sql, params } = stateCase(options, (state) => `'${state}'`)
  return { sql: `r.row, h.state AS own, ${sql} AS state`, params }
}

/** A row's text, the state put last. A certificate whose file has a field of that name has it overwritten in place. */
function textOf({ row, own, state }: Readonly<Record<string, SqlValue>>): string {
  if (state === undefined) return row as string
  if (own !== null) return JSON.stringify({ ...(JSON.parse(row as string) as JsonObject), state })
  return `${(row as string).slice(0, -1)},"state":"${state as string}"}`
}

/** See `Repository.texts`. */
export function* rowTexts(cursors: Cursors, query: Query, options: SqlOptions): Iterable<readonly string[]> {
  let texts: string[] = []
  let length = 0
  for (const found of selectRows(cursors, { query, options, columns: textColumns(options) })) {
    const text = textOf(found)
    texts.push(text)
    length += text.length
    if (length < PIECE) continue
    yield texts
    texts = []
    length = 0
  }
  if (texts.length > 0) yield texts
}
