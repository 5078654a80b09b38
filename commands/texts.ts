import type { Json, JsonObject } from '../src/base/json.ts'
import type { CheckReport } from '../src/operations/check-store.ts'
import type { ExportReport } from '../src/operations/export-records.ts'
import type { ImportReport } from '../src/operations/import-files.ts'
import type { InspectReport } from '../src/operations/inspect-file.ts'
import type { HostReport } from '../src/operations/inspect-host.ts'
import type { ReindexReport } from '../src/operations/reindex-store.ts'
import type { Outcome, StoreInfo } from '../src/store/store.ts'
import type { Context, Emission } from './context.ts'

export type ShowForm = 'overview' | 'text' | 'pem'

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json
const plain = (value: unknown): Emission => ({
  json: asJson(value),
  text: () => JSON.stringify(value, null, 2),
})

export const renderStore = (info: StoreInfo, _done?: string, _more?: object): Emission => plain(info)
export const renderStores = (rows: readonly object[], _path: string): Emission => plain(rows)
export const renderSetting = (row: JsonObject, _dry: boolean): Emission => plain(row)
export const renderCheck = (report: CheckReport): Emission => plain(report)
export const renderReindex = (report: ReindexReport): Emission => plain(report)
export const renderImport = (_ctx: Context, report: ImportReport): Emission => plain(report)
export const renderExport = (_ctx: Context, report: ExportReport): Emission => plain(report)
export const renderOutcomes = (_ctx: Context, outcomes: readonly Outcome[]): Emission => plain(outcomes)
export const renderRows = (_ctx: Context, rows: readonly JsonObject[]): Emission => plain(rows)
export const renderRecords = (_ctx: Context, records: readonly JsonObject[], _form: ShowForm): Emission =>
  plain(records)
export const renderInspection = (_ctx: Context, report: InspectReport, _form: ShowForm): Emission =>
  plain(report)
export const renderHost = (_ctx: Context, report: HostReport, _form: ShowForm): Emission => plain(report)
