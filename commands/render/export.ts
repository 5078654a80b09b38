import type { ExportedFile, ExportReport } from '../../src/operations/export-records.ts'
import type { Emission } from '../context.ts'
import { joined } from './cells.ts'
import { noteLines } from './plan.ts'
import { safeText } from './safe.ts'
import { toJson } from './style.ts'

/** The files that an export wrote, or would write; JSON without the bytes. */
export function renderExport(report: ExportReport): Emission {
  const { dryRun, files, notes } = report
  return { json: toJson({ dryRun, files, notes }), text: () => exportText(report) }
}

function exportText({ dryRun, files, notes }: ExportReport): string {
  return files.map((file) => `${fileLine(file, dryRun)}\n`).join('') + noteLines(notes)
}

function fileLine({ path, format, size, privateKey, outcome }: ExportedFile, dryRun: boolean): string {
  const deed = outcome === 'unchanged' ? 'already so' : dryRun ? 'would be written' : 'written'
  const bytes = size === undefined ? '' : `${size} bytes`
  const details = joined([format, bytes, privateKey ? 'with the private key, mode 0600' : ''], ', ')
  return `${deed}: ${path === '-' ? 'standard output' : safeText(path)} (${details})`
}
