import { spawnSync } from 'node:child_process'
import { inRepository } from './built.ts'

/** A command to run on a pseudo terminal, and what the person at it does. */
export interface TerminalJob {
  /** The program by its whole path, and its words. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Nobody reads its standard output. */
  readonly closed?: boolean
  /** What is waited for on the screen, and the characters that are typed then. */
  readonly turns: readonly { readonly wait: string; readonly send: string }[]
}

/** What came of it. */
export interface Played {
  /** Everything that the terminal showed. */
  readonly screen: string
  /** Standard output, which is a pipe. */
  readonly stdout: string
  readonly status: number
  /** A text that was waited for and never came. */
  readonly missing: string | null
}

/** Runs a command on a pseudo terminal; Python, which the caller has asked for, plays the person. */
export function playOnTerminal(job: TerminalJob): Played {
  // without the packages and settings of whoever runs the tests
  const run = spawnSync('python3', ['-I', '-S', inRepository('test/support/play_terminal.py')], {
    input: JSON.stringify({ ...job, pipe: true }),
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout) as Played
}
