import { CertmanError } from '../src/base/errors.ts'
import type { Json } from '../src/base/json.ts'
import type { Context } from './context.ts'
import { safeText } from './render/safe.ts'

/** What is about to happen to which records. */
export interface Danger {
  /** `move to the trash`, `destroy` */
  readonly deed: string
  /** One line for each record. */
  readonly lines: readonly string[]
}

/** More lines than this are counted, not shown. */
const SHOWN = 20

/** One record as a line: id, name or subject, and until when it is valid. */
export function describeRow(row: Readonly<Record<string, Json | undefined>>): string {
  const name = row['name'] ?? row['subject'] ?? ''
  const until = typeof row['notAfter'] === 'string' ? ` (until ${row['notAfter'].slice(0, 10)})` : ''
  return safeText(`${String(row['id'])}  ${String(name)}${until}`)
}

/**
 * Asks before something is done: yes or no for one record, the number of records for several. `--yes` and a dry
 * run ask nothing.
 *
 * @throws {CertmanError} `cli.needs-input` when nobody can be asked; `interrupted` when the answer is no
 */
export async function confirmDanger(ctx: Context, { deed, lines }: Danger): Promise<void> {
  if (ctx.global.yes || ctx.global.dryRun || lines.length === 0) return
  const what = lines.length === 1 ? 'one record' : `${lines.length} records`
  if (!ctx.canAsk)
    throw new CertmanError('cli.needs-input', `${deed}: ${what} would be affected, and nobody can be asked`, {
      hint: 'give --yes to go ahead, or --dry-run to see what would change',
      field: 'yes',
    })
  const prompter = await ctx.prompter()
  for (const line of lines.slice(0, SHOWN)) ctx.terminal.draw(`  ${line}\n`)
  if (lines.length > SHOWN) ctx.terminal.draw(`  … and ${lines.length - SHOWN} more\n`)
  const agreed =
    lines.length === 1
      ? await prompter.confirm(`${deed}?`, false)
      : (await prompter.text(`${deed}: type the number of records (${lines.length}) to go ahead:`)).trim() ===
        String(lines.length)
  if (!agreed) throw new CertmanError('interrupted', `${deed}: not confirmed`)
}
