import { CertmanError } from '../src/base/errors.ts'
import { Secret } from '../src/base/secret.ts'
import type { Choice, Prompter } from './context.ts'

/** The streams of the terminal: questions go to stderr, standard output stays clean for data. */
export interface PromptStreams {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream & { readonly rows?: number }
}

/** Choices that are shown at once, at most. */
const PAGE = 15

/** Lines of a checklist beside its choices: the question, what is told of the choice below the cursor, the keys. */
const AROUND = 12

/** What is higher than the terminal would be drawn anew below itself at each key; one that does not tell its height says 0. */
const pageOf = ({ rows }: PromptStreams['output']): number =>
  Math.max(4, Math.min(PAGE, (rows || 24) - AROUND))

/** inquirer rejects with these when the person presses Ctrl-C or the terminal goes away. */
const ENDED: readonly string[] = ['ExitPromptError', 'AbortPromptError', 'CancelPromptError']

function interrupted(cause: unknown): unknown {
  if (!(cause instanceof Error) || !ENDED.includes(cause.name)) return cause
  return new CertmanError('interrupted', 'interrupted', { cause })
}

const withoutUndefined = <T>({ value, name, description, checked }: Choice<T>) => ({
  value,
  name,
  short: name,
  ...(description !== undefined && { description }),
  ...(checked !== undefined && { checked }),
})

/** What stands behind a checklist that has been answered. */
const chosen = (choices: readonly { readonly short: string }[]): string =>
  choices.length === 1 ? choices[0]!.short : `${choices.length} chosen`

/**
 * Questions on the terminal through inquirer, the only importer of it. Loaded when something is asked, never
 * before.
 */
export async function terminalPrompter(streams: PromptStreams): Promise<Prompter> {
  const { default: inquirer } = await import('inquirer')
  const ask = inquirer.createPromptModule({ ...streams })
  // inquirer types a question by its literal; ours are built here and nowhere else
  const one = async <T>(question: object): Promise<T> => {
    try {
      const answers: unknown = await ask([{ name: 'answer', ...question }] as never)
      return (answers as { readonly answer: T }).answer
    } catch (cause) {
      throw interrupted(cause)
    }
  }
  return {
    password: async (message) => new Secret(await one<string>({ type: 'password', message, mask: false })),
    confirm: (message, fallback = false) => one<boolean>({ type: 'confirm', message, default: fallback }),
    text: (message, check) =>
      one<string>({ type: 'input', message, validate: (answer: string) => check?.(answer) ?? true }),
    choose: <T>(message: string, choices: readonly Choice<T>[]) =>
      one<T>({
        type: 'select',
        message,
        choices: choices.map(withoutUndefined),
        pageSize: PAGE,
        loop: false,
      }),
    check: <T>(message: string, choices: readonly Choice<T>[]) =>
      one<readonly T[]>({
        type: 'checkbox',
        message,
        choices: choices.map(withoutUndefined),
        pageSize: pageOf(streams.output),
        loop: false,
        theme: { style: { renderSelectedChoices: chosen } },
      }),
  }
}
