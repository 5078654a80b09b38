import { stripVTControlCharacters } from 'node:util'
import { bareEnv, builtCommand } from './built.ts'
import { playOnTerminal } from './play-terminal.ts'
import type { OwnProcess, Said, Step } from './transcript.ts'

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

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
  const { screen, stdout, status, missing } = playOnTerminal({
    argv: [process.execPath, builtCommand(), ...step.argv],
    env: { ...bareEnv(`${cwd}/home`), TERM: 'xterm', NO_COLOR: '1', ...step.env },
    cwd,
    closed: isClosed,
    turns: turns.map(({ wait, keys }) => ({ wait, send: pressed(keys) })),
  })
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
