import { CertmanError } from '../src/base/errors.ts'
import { notEmpty, type Secret } from '../src/base/secret.ts'
import { parseReference } from '../src/domain/reference.ts'
import { changeKeyPassword, openKeptKey } from '../src/operations/change-key-password.ts'
import { keepsKeys, refusalOf } from '../src/store/abilities.ts'
import type { Context } from './context.ts'
import { declare, flag, type Given, present, text } from './declare.ts'
import { PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { emitOutcomes } from './outcome.ts'
import { choosingPassword, unlocking } from './passwords.ts'
import { withStore } from './store-request.ts'

const OPTIONS = {
  ...PASSWORD_OPTIONS,
  newPasswordFile: text('FILE', 'read the new password from a file', { completes: 'file' }),
  newPasswordEnv: text('NAME', 'take the new password from this environment variable'),
  newPasswordCommand: text('CMD', 'run a command that prints the new password'),
  noPassword: flag('keep the key without a password'),
  insecure: flag('with --no-password: also when it is the key of an authority'),
} as const

const OTHERWISE = 'give another one, or --no-password'

/**
 * The new password as the flags have it; undefined where it is to be asked for, or with `--no-password`. Said before
 * the old one is asked for.
 */
async function givenPassword(
  ctx: Context,
  options: Given<typeof OPTIONS>,
  owner: string,
): Promise<Secret | undefined> {
  const { newPasswordFile, newPasswordEnv, newPasswordCommand, noPassword, insecure } = options
  if (insecure && !noPassword)
    throw new CertmanError('cli.usage', '--insecure means nothing without --no-password')
  const flags = {
    passwordFile: newPasswordFile,
    passwordEnv: newPasswordEnv,
    passwordCommand: newPasswordCommand,
  }
  const given = await ctx.secret(present(flags))
  if (given && noPassword)
    throw new CertmanError('cli.usage', 'a new password and --no-password exclude each other')
  if (!given && !noPassword && !ctx.canAsk)
    throw new CertmanError('cli.needs-input', `the private key of ${owner} needs a new password`, {
      hint: 'give it with --new-password-file, --new-password-env or --new-password-command, or say --no-password',
      field: 'newPasswordFile',
    })
  return given && notEmpty(given, OTHERWISE)
}

const chosenPassword = async (ctx: Context, owner: string): Promise<Secret | undefined> => {
  const chosen = await choosingPassword(ctx)({ file: owner, what: 'the private key of', attempt: 1 })
  return chosen && notEmpty(chosen, OTHERWISE)
}

export const verb = declare({
  name: 'password',
  changes: true,
  needs: 'edit',
  examples: [
    ['certman password root', 'asks for the old one, and twice for the new one'],
    ['certman password root --password-file old --new-password-file new', 'from files'],
    ['certman password web --no-password', 'for a program that cannot ask'],
  ],
  about: [
    'The key stays the same, and so do its certificates. Copies of the store, and files that were exported, keep the ' +
      'password that they have.',
  ],
  args: [
    {
      name: 'REF',
      help: 'a key (keys/…), or the certificate, request or authority that has it',
      completes: 'reference',
    },
  ],
  options: OPTIONS,
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      if (!keepsKeys(store)) throw refusalOf(store, 'edit')
      const reference = parseReference(args[0]!)
      const { kind } = reference
      const row = await store.resolve(reference)
      const owner = `${kind} ${JSON.stringify(row['name'] ?? row.id)}`
      const what = `the private key of ${owner}`
      const given = await givenPassword(ctx, options, owner)
      const flags = passwordFlags(options, ctx.ambient.env)
      const opened = await unlocking(ctx, { key: what, flags }, (secret) =>
        openKeptKey(store, { kind, row, what }, secret),
      )
      const outcome = await changeKeyPassword(store, opened, {
        password: given ?? (options.noPassword ? undefined : await chosenPassword(ctx, owner)),
        insecure: options.insecure,
        dryRun: ctx.global.dryRun,
        random: ctx.ambient.random,
      })
      await emitOutcomes(ctx, [outcome])
    }),
})
