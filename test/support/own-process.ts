import { spawnSync } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { bareEnv, builtCommand, inRepository } from './built.ts'
import type { OwnProcess, Said, Step } from './transcript.ts'

interface Played {
  readonly screen: string
  readonly stdout: string
  readonly status: number
  readonly missing: string | null
}

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

let command: string | undefined

/** `^C` and the like as the characters that a keyboard sends. */
const pressed = (keys: string): string =>
  keys.replace(/\^([A-Z])/g, (_, letter: string) => String.fromCharCode(letter.charCodeAt(0) - 64))

/**
 * Runs the built command as a process on a pseudo terminal; Python plays the person. Of what the terminal showed only the
 * lines that certman itself says are kept: a question draws itself anew with every key.
 *
 * @throws when a text that is waited for never comes
 */
export function playProcess(
  step: Step,
  { isClosed, turns }: OwnProcess,
  cwd: string,
): Pick<Said, 'stdout' | 'stderr' | 'questions' | 'status'> {
  const job = {
    argv: [process.execPath, (command ??= builtCommand()), ...step.argv],
    env: { ...bareEnv(`${cwd}/home`), TERM: 'xterm', NO_COLOR: '1', ...step.env },
    cwd,
    pipe: true,
    closed: isClosed,
    turns: turns.map(({ wait, keys }) => ({ wait, send: pressed(keys) })),
  }
  const input = JSON.stringify(job)
  const run = spawnSync('python3', [inRepository('test/support/play_terminal.py')], {
    input,
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
  const { screen, stdout, status, missing } = JSON.parse(run.stdout) as Played
  if (missing !== null) throw new Error(`${JSON.stringify(missing)} never came: ${screen}`)
  const shown = stripVTControlCharacters(screen).replaceAll('\r\n', '\n').split('\n')
  const stderr = shown.map((line) => line.slice(Math.max(0, line.lastIndexOf('\r') + 1)))
  return {
    stdout: lines(stdout),
    stderr: stderr.filter((line) => /^(?:certman: |\{"error":)/.test(line)),
    questions: [],
    status,
  }
}
