import { CertmanError } from '../src/base/errors.ts'
import { Secret } from '../src/base/secret.ts'
import type { Choice, Prompter } from './context.ts'
import { displayWidth } from './render/width.ts'

/** The streams of the terminal: questions go to stderr, standard output stays clean for data. */
export interface PromptStreams {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream & { readonly rows?: number; readonly columns?: number }
}

/** Choices that are shown at once, at most. */
const PAGE = 15

/** Lines beside the choices: the question, the keys, and room for one of them to need two. */
const AROUND = 5

/** Choices that are left where something is told of the one below the cursor. */
const FEWEST = 4

/** Lines that a text needs, broken where the terminal ends. */
const linesOf = (text: string, columns: number): number =>
  text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0)

/** inquirer rejects with these when the person presses Ctrl-C or the terminal goes away. */
const ENDED: readonly string[] = ['ExitPromptError', 'AbortPromptError', 'CancelPromptError']

function interrupted(cause: unknown): unknown {
  if (!(cause instanceof Error) || !ENDED.includes(cause.name)) return cause
  return new CertmanError('interrupted', 'interrupted', { cause })
}

/**
 * The choices as inquirer takes them. What is higher than the terminal would be drawn anew below itself at each key: less is
 * shown at once on a low one, and what there is no room for is not told. One that does not tell its height says 0.
 */
function listed<T>({ rows, columns }: PromptStreams['output'], choices: readonly Choice<T>[]) {
  const room = (rows || 24) - AROUND
  let told = 0
  const shown = choices.map(({ value, name, description, checked }) => {
    const lines = description === undefined ? 0 : linesOf(description, columns || 80)
    const isTold = lines > 0 && lines <= room - FEWEST
    if (isTold) told = Math.max(told, lines)
    return {
      value,
      name,
      short: name,
      ...(isTold && { description }),
      ...(checked !== undefined && { checked }),
    }
  })
  return { choices: shown, pageSize: Math.max(2, Math.min(PAGE, room - told)), loop: false }
}

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
      one<T>({ type: 'select', message, ...listed(streams.output, choices) }),
    check: <T>(message: string, choices: readonly Choice<T>[]) =>
      one<readonly T[]>({
        type: 'checkbox',
        message,
        ...listed(streams.output, choices),
        theme: { style: { renderSelectedChoices: chosen } },
      }),
  }
}
