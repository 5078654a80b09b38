import { checkName } from '../src/domain/name.ts'
import { CertmanError } from '../src/base/errors.ts'
import type { ImportCandidate, ImportDialog, ImportRequest } from '../src/operations/import-files.ts'
import type { Context, SecretFlags } from './context.ts'
import { faultOf } from './fault-of.ts'
import { askingPassword } from './passwords.ts'
import { leanWhenMany } from './lean-heap.ts'
import type { Progress } from './progress.ts'
import { safeText } from './render/safe.ts'
import { dayOf, instantForPeople } from './render/time-left.ts'
import { cut } from './render/width.ts'

function preview(candidate: ImportCandidate): string {
  const { subject, friendlyName, issuer, notAfter, fingerprint, place, hasKey } = candidate
  const where = place.at === undefined ? place.file : `${place.file}, ${place.at}`
  return [
    `subject      ${subject || '(empty)'}`,
    ...(friendlyName === undefined ? [] : [`called       ${friendlyName}`]),
    `issuer       ${issuer}`,
    `valid until  ${instantForPeople(notAfter)}`,
    `fingerprint  ${fingerprint}`,
    `private key  ${hasKey ? 'yes' : 'no'}`,
    `from         ${where}`,
  ]
    .map(safeText)
    .join('\n')
}

/** Columns of a checklist before its text, and the last one, in which a terminal may break the line already. */
const MARGIN = 4

/** A certificate in one line of the terminal: what is too long is cut, and the preview has it whole. */
function line(candidate: ImportCandidate, columns: number): string {
  const { subject, notAfter, ca, hasKey, friendlyName, place } = candidate
  const marks = [ca ? 'CA' : undefined, hasKey ? 'key' : undefined].filter(Boolean).join(', ')
  const name = subject || friendlyName || place.at || '(no name)'
  const end = `  until ${dayOf(notAfter)}${marks === '' ? '' : `  (${marks})`}`
  return cut(safeText(name), Math.max(columns - MARGIN - end.length, 16)) + end
}

/** The questions that need somebody to answer; a question that a flag has answered is not asked. */
function questions(
  ctx: Pick<Context, 'canAsk' | 'global' | 'prompter' | 'terminal'>,
  request: ImportRequest,
): Pick<ImportDialog, 'choose' | 'nameTaken'> {
  if (!ctx.canAsk || ctx.global.yes || ctx.global.dryRun) return {}
  return {
    ...(request.only === undefined && {
      choose: async (candidates) => {
        const prompter = await ctx.prompter()
        return prompter.check(
          `${candidates.length} certificates; which ones?`,
          candidates.map((candidate, value) => ({
            value,
            name: line(candidate, ctx.terminal.columns),
            description: preview(candidate),
            checked: true,
          })),
        )
      },
    }),
    nameTaken: async (name, holder) => {
      const prompter = await ctx.prompter()
      const answer = await prompter.choose<'replace' | 'rename' | 'cancel'>(
        safeText(
          `the name "${name}" is taken by certificate ${holder.id} (${String(holder['subject'] ?? '')})`,
        ),
        [
          { value: 'replace', name: 'replace: the old certificate becomes superseded' },
          { value: 'rename', name: 'another name' },
          { value: 'cancel', name: 'cancel: change nothing' },
        ],
      )
      if (answer === 'cancel') throw new CertmanError('cli.declined', 'cancelled, nothing was changed')
      return answer === 'replace'
        ? { replace: true }
        : { name: await prompter.text('name:', (typed) => faultOf(() => checkName(typed))) }
    },
  }
}

/** Everything that `import` may ask or tell while it runs. */
export async function importDialog(
  ctx: Context,
  run: { readonly flags: SecretFlags; readonly progress: Progress; readonly request: ImportRequest },
): Promise<ImportDialog> {
  const { flags, progress, request } = run
  // a question does not stand behind a line that counts
  const prompter: Context['prompter'] = () => {
    progress.clear()
    return ctx.prompter()
  }
  const { canAsk, global, terminal } = ctx
  return {
    password: await askingPassword({ ...ctx, canAsk, prompter }, flags),
    progress: leanWhenMany(progress.step),
    ...questions({ canAsk, global, prompter, terminal }, request),
  }
}
