import type { ImportReport } from '../../src/operations/import-files.ts'
import type { Emission } from '../context.ts'
import { leftLines, noteLines, outcomeLines } from './plan.ts'
import { counted, type RenderContext, type Style, styleOf, toJson } from './style.ts'

/** What an import took, left and remarked. Failures are told on standard error by the verb. */
export function renderImport(ctx: RenderContext, report: ImportReport): Emission {
  return {
    get json() {
      return toJson(report)
    },
    text: () => importText(report, styleOf(ctx)),
  }
}

/** Outcomes that are listed one by one; of more, the unchanged ones are only counted. */
const MOST_UNCHANGED = 20

function importText({ dryRun, outcomes, left, orphanKeys, notes }: ImportReport, style: Style): string {
  const unchanged = outcomes.filter(({ outcome }) => outcome === 'unchanged')
  const listed =
    unchanged.length > MOST_UNCHANGED ? outcomes.filter(({ outcome }) => outcome === 'changed') : outcomes
  const hidden = outcomes.length - listed.length
  const orphans = orphanKeys.map(
    (id) => `private key ${id.slice(0, 16)} has no certificate or request in the store`,
  )
  return [
    listed.length === 0 && outcomes.length > 0 ? '' : outcomeLines(listed, style, { dryRun }),
    hidden > 0 ? `${counted(hidden, 'record')} already there\n` : '',
    leftLines(left),
    noteLines([...orphans, ...notes], style),
  ].join('')
}
