import { CertmanError } from '../src/base/errors.ts'
import type { JsonObject } from '../src/base/json.ts'
import type { Context } from './context.ts'
import { keyText, shortId, textAt } from './render/cells.ts'
import { safeText } from './render/safe.ts'
import { subjectText } from './render/subject-text.ts'
import { type Column, renderPlain } from './render/table.ts'
import { dayOf } from './render/time-left.ts'

/** What is about to happen to which records. `Rehearsed` is what its rehearsal comes to. */
export interface Danger<Rehearsed> {
  /** `move to the trash`, `destroy` */
  readonly deed: string
  /** One line for each record, in cells: what it is, its name, its subject, its end. */
  readonly lines: readonly (readonly string[])[]
  /** Rehearses the deed: what would be refused anyway is refused before anybody is asked. Absent where nothing can be. */
  readonly rehearse?: () => Promise<Rehearsed>
  /** What goes along with them by the rehearsal, one line each; looked up only when somebody is asked. */
  readonly also?: (rehearsed: Rehearsed | undefined) => readonly string[]
}

/** More lines than this are counted, not shown. */
const SHOWN = 20

/** One record in cells: kind and id, name, subject, and until when it is valid. */
export function describeCells(kind: string, row: JsonObject): readonly string[] {
  const end = textAt(row, 'notAfter')
  return [
    `${kind} ${shortId(kind, textAt(row, 'id'))}`,
    textAt(row, 'name'),
    subjectText(row) || keyText(row),
    end === '' ? '' : `until ${dayOf(end)}`,
  ]
}

/** The same as one line. */
export const describeRow = (kind: string, row: JsonObject): string =>
  safeText(
    describeCells(kind, row)
      .filter((part) => part !== '')
      .join('  '),
  )

/** As in the report of what was done; what is too long for the terminal is cut. */
const COLUMNS: readonly Column[] = [
  { header: '' },
  { header: '', min: 8 },
  { header: '', min: 10, spare: 2 },
  { header: '', spare: 1 },
]

function linesText(lines: Danger<unknown>['lines'], width: number): string {
  const rows = lines.map(([what = '', ...cells]) =>
    COLUMNS.map((_, at) => ({ text: at === 0 ? `  ${what}` : (cells[at - 1] ?? '') })),
  )
  return renderPlain({ columns: COLUMNS, rows, header: false }, { width, color: false })
}

/**
 * Asks before something is done: yes or no for one record, the number of records for several. `--yes` and a dry
 * run ask nothing.
 *
 * @throws {CertmanError} what `rehearse` throws; `cli.needs-input` when nobody can be asked; `cli.declined` when the answer is no
 */
export async function confirmDanger<Rehearsed>(
  ctx: Context,
  { deed, lines, rehearse, also }: Danger<Rehearsed>,
): Promise<void> {
  if (ctx.global.yes || ctx.global.dryRun || lines.length === 0) return
  const rehearsed = await rehearse?.()
  const what = lines.length === 1 ? 'one record' : `${lines.length} records`
  if (!ctx.canAsk)
    throw new CertmanError('cli.needs-input', `${deed}: ${what} would be affected, and nobody can be asked`, {
      hint: 'give --yes to go ahead, or --dry-run to see what would change',
      field: 'yes',
    })
  const prompter = await ctx.prompter()
  ctx.terminal.draw(linesText(lines.slice(0, SHOWN), ctx.terminal.columns))
  if (lines.length > SHOWN) ctx.terminal.draw(`  … and ${lines.length - SHOWN} more\n`)
  for (const line of also?.(rehearsed) ?? []) ctx.terminal.draw(`  with it: ${line}\n`)
  const agreed =
    lines.length === 1
      ? await prompter.confirm(`${deed}?`, false)
      : (await prompter.text(`${deed}: type the number of records (${lines.length}) to go ahead:`)).trim() ===
        String(lines.length)
  if (!agreed) throw new CertmanError('cli.declined', 'not confirmed, nothing was changed')
}
