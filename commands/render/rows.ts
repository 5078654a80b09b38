import type { JsonObject } from '../../src/base/json.ts'
import type { RecordKind } from '../../src/domain/records.ts'
import type { Emission } from '../context.ts'
import { columnsOf } from './list.ts'
import { type RenderContext, styleOf, toJson } from './style.ts'
import { renderTable } from './table.ts'

/** A short list of rows (the trash, candidates) as a table. */
export function renderRows(
  ctx: RenderContext,
  rows: readonly JsonObject[],
  kind: RecordKind = 'certificate',
): Emission {
  const columns = columnsOf(kind, 'table')
  const now = ctx.ambient.now()
  const table = { columns, rows: rows.map((row) => columns.map(({ cell }) => cell(row, now))) }
  return {
    json: toJson(rows),
    text: async () => (rows.length === 0 ? '' : (await renderTable(table, styleOf(ctx))).text),
  }
}
