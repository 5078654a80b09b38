import { CertmanError, isCertmanError } from '../src/base/errors.ts'
import type { Secret } from '../src/base/secret.ts'
import type { PasswordSource } from '../src/formats/items.ts'
import type { ChainIo } from '../src/operations/attach-files.ts'
import type { FileTools } from '../src/operations/import-files.ts'
import type { Context, SecretFlags } from './context.ts'
import { safeText } from './render/safe.ts'

/** A person may mistype twice. */
const ATTEMPTS = 3

/**
 * A password for reading: the flags first; then, where someone is there, a question that is asked again up to
 * three times. A password that was given by flag is tried once for each file. The flags are read at once, so that
 * a mistake in them is said before anything else happens.
 *
 * @throws {CertmanError} what `Context.secret` throws
 */
export async function askingPassword(ctx: Context, flags: SecretFlags): Promise<PasswordSource> {
  const secret = await ctx.secret(flags)
  if (secret)
    return Object.assign(
      ({ attempt }: { attempt: number }) => Promise.resolve(attempt === 1 ? secret : undefined),
      { given: true },
    )
  return async ({ file, what, attempt }) => {
    if (!ctx.canAsk || attempt > ATTEMPTS) return undefined
    const prompter = await ctx.prompter()
    const again = attempt > 1 ? 'that was wrong; ' : ''
    const where = file === '-' ? 'standard input' : file
    return prompter.password(safeText(`${again}password of ${what} in ${where}:`))
  }
}

/** What reading files needs of the world. */
export const fileTools = ({ ambient, terminal }: Context): FileTools => ({
  ambient,
  readStdin: terminal.readStdin,
})

/** The same with whom to ask for the passwords of containers. @throws {CertmanError} what `Context.secret` throws */
export const fileIo = async (ctx: Context, flags: SecretFlags): Promise<ChainIo> => ({
  password: await askingPassword(ctx, flags),
  tools: fileTools(ctx),
})

/** A new password that no flag gave: a question, asked twice, and from the beginning while it is empty or the two differ. */
export function choosingPassword(ctx: Context): PasswordSource {
  return async ({ file, what, attempt }) => {
    if (attempt > 1 || !ctx.canAsk) return undefined
    const prompter = await ctx.prompter()
    const whose = file === '-' ? `${what} on standard output` : `${what} ${file}`
    let fault = ''
    for (let pair = 1; pair <= ATTEMPTS; pair++) {
      const again = fault === '' ? '' : `${fault}; `
      const first = await prompter.password(safeText(`${again}new password for ${whose}:`))
      fault = 'an empty one protects nothing'
      if (first.use((bytes) => bytes.length === 0)) continue
      const second = await prompter.password('the same again:')
      if (first.useText((a) => second.useText((b) => a === b))) return first
      fault = 'the two differ'
    }
    throw new CertmanError('input.invalid', `no new password: ${fault}`, { hint: 'run the command again' })
  }
}

/** Which key is to be opened, in words, and what the command line says about its password. */
export interface LockedKey {
  /** `the key of authority root` */
  readonly key: string
  readonly flags: SecretFlags
}

/**
 * Does something for which a key has to be opened, first with what the flags give. Where the password is missing and
 * someone is there, it is asked for, up to three times.
 *
 * @param act must change nothing when it fails for the password
 * @throws {CertmanError} what `act` throws, `password.required` and `password.wrong` among it
 */
export async function unlocking<T>(
  ctx: Context,
  { key, flags }: LockedKey,
  act: (password: Secret | undefined) => Promise<T>,
): Promise<T> {
  const given = await ctx.secret(flags)
  try {
    return await act(given)
  } catch (error) {
    if (!ctx.canAsk || !isCertmanError(error, 'password.required')) throw error
  }
  for (let attempt = 1; ; attempt++) {
    const again = attempt > 1 ? 'that was wrong; ' : ''
    const password = await (await ctx.prompter()).password(safeText(`${again}password of ${key}:`))
    try {
      return await act(password)
    } catch (error) {
      if (attempt >= ATTEMPTS || !isCertmanError(error, 'password.wrong')) throw error
    }
  }
}
