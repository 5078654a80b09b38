/** One command of a transcript with what is put into it. What it says is written below it by the runner. */
export interface Step {
  readonly type: 'step'
  /** The line after `$ `. */
  readonly command: string
  /** Words after `certman`. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly stdin: readonly string[]
  /** Undefined: nobody is there to be asked. */
  readonly answers: readonly string[] | undefined
  /** Undefined: in memory. */
  readonly process: OwnProcess | undefined
}

/** The command runs as a process on a pseudo terminal; its standard output is a pipe. */
export interface OwnProcess {
  /** Nobody reads its standard output: whoever did has gone. */
  readonly isClosed: boolean
  /** What is waited for on the terminal, and the keys that are pressed then. */
  readonly turns: readonly { readonly wait: string; readonly keys: string }[]
}

/** Something done to the world between two commands: `@ copy FROM TO`. */
export interface Action {
  readonly type: 'action'
  readonly words: readonly string[]
  readonly text: string
}

/** A comment or an empty line. */
export interface Remark {
  readonly type: 'remark'
  readonly text: string
}

export interface Transcript {
  readonly title: string
  readonly parts: readonly (Step | Action | Remark)[]
  /** Input files that stand below the dialogue, by name. */
  readonly files: ReadonlyMap<string, string>
  /** The same as text. */
  readonly below: string
}

/** What a command said. */
export interface Said {
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  readonly questions: readonly string[]
  readonly status: number
  /** Files that a failing command changed; there must be none. */
  readonly changed: readonly string[]
}

/** Splits a command line as a shell does for plain words, '…' and "…". */
export function shellWords(line: string): string[] {
  const words: string[] = []
  for (const [, single, double, plain] of line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g))
    words.push(single ?? double ?? plain ?? '')
  return words
}

interface Draft {
  readonly command: string
  readonly stdin: string[]
  answers: string[] | undefined
  process: { isClosed: boolean; turns: { wait: string; keys: string }[] } | undefined
}

/** Leading `NAME=value` words are the environment of the command, as in a shell. */
function toStep(draft: Draft): Step {
  const words = shellWords(draft.command)
  const env: Record<string, string> = {}
  while (/^[A-Z_]+=/.test(words[0] ?? '')) {
    const word = words.shift()!
    env[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1)
  }
  if (words[0] !== 'certman') throw new Error(`a command begins with certman: ${draft.command}`)
  return { type: 'step', ...draft, argv: words.slice(1), env }
}

/**
 * Reads a transcript:
 *
 *     # title                         comments and empty lines anywhere above the files
 *     @ action word…                  something happens to the files
 *     $ certman …                     a command; its environment may stand before it
 *     < a line of standard input
 *     = question => answer            what is asked on the terminal, in order; ^C is Ctrl-C
 *     ~ text => keys                  as a process on a terminal: when the text shows, the keys are pressed (^C, ^M)
 *     | closed                        as a process, and nobody reads its standard output any more
 *     > a line of standard output     as often as needed: the whole output, exactly
 *     ! a line of standard error
 *     ? exit status                   left out where it is 0
 *     -- name --                      an input file until the next such line
 */
export function parseTranscript(text: string): Transcript {
  const start = text.search(/^-- .+ --$/m)
  const dialogue = start < 0 ? text : text.slice(0, start)
  const below = start < 0 ? '' : text.slice(start)
  const files = new Map<string, string>()
  for (const [, name = '', content = ''] of below.matchAll(/^-- (.+) --\n([^]*?)(?=^-- .+ --$|(?![^]))/gm))
    files.set(name, content)
  const parts: (Action | Remark | Draft)[] = []
  for (const line of dialogue.replace(/\n$/, '').split('\n')) readLine(line, parts)
  return {
    title: (dialogue.split('\n')[0] ?? '').replace(/^# ?/, ''),
    parts: parts.map((part) => ('command' in part ? toStep(part) : part)),
    files,
    below,
  }
}

function readLine(line: string, parts: (Action | Remark | Draft)[]): void {
  const mark = line[0]
  const rest = line.slice(2)
  const last = parts.at(-1)
  if (mark === undefined || mark === '#') return void parts.push({ type: 'remark', text: line })
  if (mark === '@') return void parts.push({ type: 'action', words: shellWords(rest), text: line })
  if (mark === '$')
    return void parts.push({ command: rest, stdin: [], answers: undefined, process: undefined })
  if (!last || !('command' in last) || !'<=>!?~|'.includes(mark))
    throw new Error(`no line of a transcript: ${line}`)
  if (mark === '<') last.stdin.push(rest)
  if (mark === '=') last.answers = [...(last.answers ?? []), rest.slice(rest.indexOf(' => ') + 4)]
  if (mark === '~' || mark === '|') readProcess(rest, last)
}

/** What makes a command a process of its own. */
function readProcess(rest: string, draft: Draft): void {
  const process = (draft.process ??= { isClosed: false, turns: [] })
  const [, wait, keys] = /^(.+) => (.+)$/.exec(rest) ?? []
  if (wait !== undefined && keys !== undefined) process.turns.push({ wait, keys })
  else if (rest === 'closed') process.isClosed = true
  else throw new Error(`no line of a transcript: ${rest}`)
}

/** A command and what it said, as it stands in a transcript. */
export function writeStep(step: Step, said: Said): string[] {
  return [
    `$ ${step.command}`,
    ...step.stdin.map((line) => `< ${line}`),
    ...(step.process?.isClosed === true ? ['| closed'] : []),
    ...(step.process?.turns ?? []).map(({ wait, keys }) => `~ ${wait} => ${keys}`),
    ...said.questions.map((question, at) => `= ${question} => ${step.answers?.[at] ?? ''}`),
    ...said.stdout.map((line) => `> ${line}`.trimEnd()),
    ...said.stderr.map((line) => `! ${line}`.trimEnd()),
    ...(said.status === 0 ? [] : [`? ${said.status}`]),
    ...said.changed.map((path) => `FAILED, BUT CHANGED: ${path}`),
  ]
}
