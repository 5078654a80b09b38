import type { JsonObject } from '../../src/base/json.ts'
import type { RecordKind } from '../../src/domain/records.ts'
import type { CheckReport } from '../../src/operations/check-store.ts'
import type { ReindexReport } from '../../src/operations/reindex-store.ts'
import type { Abilities, StoreInfo } from '../../src/store/store.ts'
import type { Emission } from '../context.ts'
import { countOf } from '../references.ts'
import { type TypedPlace, withTypedPlace } from '../place-in-command.ts'
import { joined, textAt } from './cells.ts'
import { safeText } from './safe.ts'
import { entry, renderSheet, type SheetStyle } from './sheet.ts'
import { counted, type RenderContext, styleOf, toJson } from './style.ts'
import { renderRows } from './table.ts'
import { verbsOf } from './ability-words.ts'

/** What `store show` adds to the facts of a store. */
export interface StoreDetails {
  readonly can?: Abilities
  /** Records of each kind. */
  readonly counts?: Readonly<Record<string, number>>
}

/** A store that was just made, in one line. */
export const renderMade = (info: StoreInfo, dryRun: boolean): Emission => ({
  json: toJson({ ...info, outcome: 'changed' }),
  text: () => `${dryRun ? 'would be made' : 'made'}: store ${safeText(`${info.name} at ${info.location}`)}\n`,
})

/** A store and what is in it. */
export const renderStore = (ctx: RenderContext, info: StoreInfo, details: StoreDetails = {}): Emission => ({
  json: toJson({ ...info, ...details }),
  text: () => storeSheet(info, details, styleOf(ctx)),
})

function storeSheet(info: StoreInfo, { can, counts = {} }: StoreDetails, style: SheetStyle): string {
  const verbs = can ? verbsOf(can) : []
  const held = Object.entries(counts).filter(([, count]) => count > 0)
  return renderSheet(
    [
      {
        title: 'Store',
        entries: [
          ...entry('Name', info.name),
          ...entry('Kind', info.kind),
          ...entry('Location', info.location),
          ...entry('Id', info.id ?? ''),
          ...entry('Permits', info.claims.join(', ') || 'nothing'),
          ...entry('Can', verbs.join(', ')),
          ...entry('Holds', held.map(([kind, count]) => countOf(kind as RecordKind, count)).join(', ')),
        ],
      },
    ],
    style,
  )
}

/** The configured stores; the default has a star. */
export function renderStores(ctx: RenderContext, rows: readonly JsonObject[]): Emission {
  return {
    json: toJson(rows),
    text: () =>
      renderRows(
        [{ header: '' }, { header: 'NAME', min: 8 }, { header: 'KIND' }, { header: 'LOCATION', min: 12 }],
        rows.map((row) => [
          row['default'] === true ? '*' : '',
          ...['name', 'kind', 'location'].map((field) => textAt(row, field)),
        ]),
        styleOf(ctx),
      ),
  }
}

/** A change of the settings: `{name, location, default, outcome, what}`; `what` is the deed in one word. */
export function renderSetting(row: JsonObject, dryRun: boolean): Emission {
  const unchanged = row['outcome'] === 'unchanged'
  const what = textAt(row, 'what') || 'set'
  const deed = unchanged ? 'already so' : dryRun ? `would be ${what}` : what
  const location = textAt(row, 'location')
  const parts = [
    `store ${textAt(row, 'name')}`,
    location === '' ? '' : `at ${location}`,
    row['default'] === true ? '(default)' : '',
  ]
  return {
    json: toJson(row),
    text: () => `${deed}: ${safeText(joined(parts, ' '))}\n`,
  }
}

/**
 * The verdict of `store check`.
 *
 * @param typed for the commands of its hints
 */
export function renderCheck(report: CheckReport, typed?: TypedPlace): Emission {
  const { ok, findings, location } = report
  const lines = findings.map(({ code, path, message, hint }) => {
    const next = withTypedPlace(hint, typed)
    return `${safeText(`${path}: ${message} [${code}]`)}\n  ${safeText(next)}\n`
  })
  const verdict = ok ? 'no doubt' : counted(findings.length, 'finding')
  const text = `${lines.join('')}${safeText(location)}: ${verdict}\n`
  return { json: toJson(report), text: () => text, quiet: () => (ok ? '' : text) }
}

/** What `store reindex` found. */
export function renderReindex(report: ReindexReport): Emission {
  const { records, adopted, location } = report
  const lines = adopted.map((reference) => `adopted: ${safeText(reference)}\n`)
  return {
    json: toJson(report),
    text: () => `${lines.join('')}${safeText(location)}: ${counted(records, 'record')} in the index\n`,
  }
}
