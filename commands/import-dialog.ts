import { checkName } from '../src/domain/name.ts'
import { CertmanError } from '../src/base/errors.ts'
import type { ImportCandidate, ImportDialog, ImportRequest } from '../src/operations/import-files.ts'
import type { Context, SecretFlags } from './context.ts'
import { faultOf } from './fault-of.ts'
import { askingPassword } from './passwords.ts'
import { leanWhenMany } from './lean-heap.ts'
import type { Progress } from './progress.ts'
import { safeText } from './render/safe.ts'
import { instantForPeople } from './render/time-left.ts'

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

function line({ subject, notAfter, ca, hasKey, friendlyName, place }: ImportCandidate): string {
  const marks = [ca ? 'CA' : undefined, hasKey ? 'key' : undefined].filter(Boolean).join(', ')
  const name = subject || friendlyName || place.at || '(no name)'
  return safeText(`${name}  until ${notAfter.slice(0, 10)}${marks === '' ? '' : `  (${marks})`}`)
}

/** The questions that need somebody to answer; a question that a flag has answered is not asked. */
function questions(
  ctx: Pick<Context, 'canAsk' | 'global' | 'prompter'>,
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
            name: line(candidate),
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
  const { canAsk, global } = ctx
  return {
    password: await askingPassword({ ...ctx, canAsk, prompter }, flags),
    progress: leanWhenMany(progress.step),
    ...questions({ canAsk, global, prompter }, request),
  }
}
