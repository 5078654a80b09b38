import { CertmanError } from '../src/base/errors.ts'
import type { Secret } from '../src/base/secret.ts'
import type { PasswordSource } from '../src/formats/items.ts'
import type { Context, SecretFlags } from './context.ts'

/** A person may mistype twice. */
const ATTEMPTS = 3

/**
 * A password for reading: the flags first; then, where someone is there, a question that is asked again up to
 * three times. A password that was given by flag is tried once for each file.
 */
export function askingPassword(ctx: Context, flags: SecretFlags): PasswordSource {
  let given: Promise<Secret | undefined> | undefined
  return async ({ file, what, attempt }) => {
    given ??= ctx.secret(flags)
    const secret = await given
    if (secret) return attempt === 1 ? secret : undefined
    if (!ctx.canAsk || attempt > ATTEMPTS) return undefined
    const prompter = await ctx.prompter()
    const again = attempt > 1 ? 'that was wrong; ' : ''
    return prompter.password(`${again}password of ${what} in ${file === '-' ? 'standard input' : file}:`)
  }
}

/**
 * A new password: the flags first; then a question, asked twice.
 */
export function choosingPassword(ctx: Context, flags: SecretFlags): PasswordSource {
  return async ({ file, what, attempt }) => {
    if (attempt > 1) return undefined
    const secret = await ctx.secret(flags)
    if (secret || !ctx.canAsk) return secret
    const prompter = await ctx.prompter()
    const first = await prompter.password(`new password for ${what} ${file}:`)
    const second = await prompter.password('the same again:')
    const same = first.useText((a) => second.useText((b) => a === b))
    if (same) return first
    throw new CertmanError('input.invalid', 'the two passwords differ', { hint: 'run the command again' })
  }
}
