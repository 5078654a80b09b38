import type { Ambient } from '../src/base/ambient.ts'
import type { CertmanError } from '../src/base/errors.ts'
import type { Json } from '../src/base/json.ts'
import type { Secret } from '../src/base/secret.ts'
import type { Settings } from '../src/settings/read.ts'
import type { SecretFlags } from '../src/settings/secret-source.ts'
import type { Ability } from '../src/store/abilities.ts'
import type { TypedPlace } from './place-in-command.ts'
import type { Signals } from './world.ts'

export type { SecretFlags }

export type OutputForm = 'table' | 'wide' | 'json' | 'jsonl' | 'csv' | 'yaml' | 'name'

/** The global flags after precedence (flag, environment, project file, user file) is settled. */
export interface GlobalOptions {
  readonly store: string | undefined
  /** What of it was typed: the commands of hints repeat that. */
  readonly typed: TypedPlace
  readonly output: OutputForm | undefined
  readonly fields: readonly string[] | undefined
  readonly input: boolean
  readonly yes: boolean
  readonly dryRun: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly color: boolean
  readonly exitCode: boolean
  readonly lockTimeoutMs: number
  /** Show the calls to servers, secrets masked. */
  readonly printRequest: boolean
}

/** The terminal and the streams, as far as commands may touch them. */
export interface Terminal {
  /** Data. Resolves when the stream took it; a closed pipe ends the command quietly. */
  write(data: string | Uint8Array): Promise<void>
  /** Talk, on stderr: one line, the program's name is put before it. Silent with `--quiet`. */
  say(line: string): void
  /** A failure that does not end the command (one file of many), on stderr as one that does; also with `--quiet`. */
  complain(failure: CertmanError): void
  /** Raw text on stderr, also with `--quiet`: traces that were asked for; progress that erases itself, only where `stderrIsTty`. */
  draw(text: string): void
  readonly stdoutIsTty: boolean
  readonly stderrIsTty: boolean
  /** Width of the terminal, or of `COLUMNS`; 80 when neither is known. */
  readonly columns: number
  readStdin(): Promise<Uint8Array>
}

/** What a run knows of its verb. */
export interface VerbFacts {
  /** Words after `certman`: `list`, `store init`. */
  readonly name: string
  /** Whether it changes a store, settings or files: its help then shows `--dry-run` and `--yes`. */
  readonly changes?: boolean
  /**
   * What a store must be able to do for it: looked at before the verb asks for anything. Verbs that need one thing or
   * another (import, sign, export) look for themselves.
   */
  readonly needs?: Ability
}

/** What every command gets instead of `process`. */
export interface Context {
  readonly verb: VerbFacts
  readonly ambient: Ambient
  readonly global: GlobalOptions
  readonly terminal: Terminal
  readonly cwd: string
  /** Whether somebody can be asked: stdin and stderr are terminals and `--no-input` was not given. */
  readonly canAsk: boolean
  /** Settles the exit status of a command that worked but whose answer is "no" (1), "unchanged" (10) or "some failed" (9). */
  setExit(status: 0 | 1 | 9 | 10): void
  /** The secret that the flags name, if any. */
  secret(flags: SecretFlags): Promise<Secret | undefined>
  /** The user's settings; the project file and the environment are settled into `global` already. */
  readonly settings: Settings
  /** Absolute path of the user's settings file, whether it exists or not. */
  readonly settingsFile: string
  /** As `process.platform` says. */
  readonly platform: string
  /** The user's home folder. */
  readonly home: string
  /** Whoever answers questions. Only where `canAsk`. */
  prompter(): Promise<Prompter>
  /** Signals, for a verb that runs until it is told to stop. */
  readonly signals: Signals | undefined
  /** Prints a result on standard output in the form that was asked for. */
  emit(emission: Emission): Promise<void>
}

/** One line of a menu or a checklist. */
export interface Choice<T> {
  readonly value: T
  readonly name: string
  /** Shown while the line is selected. */
  readonly description?: string
  readonly checked?: boolean
}

/**
 * Questions on the terminal. Ctrl-C ends any of them.
 *
 * @throws {CertmanError} `interrupted`
 */
export interface Prompter {
  password(question: string): Promise<Secret>
  /** Enter means `fallback` (no, where it is not given). */
  confirm(question: string, fallback?: boolean): Promise<boolean>
  /** @param check answers what is wrong with an answer, or undefined */
  text(question: string, check?: (answer: string) => string | undefined): Promise<string>
  choose<T>(question: string, choices: readonly Choice<T>[]): Promise<T>
  check<T>(question: string, choices: readonly Choice<T>[]): Promise<readonly T[]>
}

/** A result in both of its forms: JSON for scripts, text for people. */
export interface Emission {
  readonly json: Json
  readonly text: () => string | Promise<string>
  /** The text that is left with `--quiet`, where that is neither all nor, of a report of what was done, nothing. */
  readonly quiet?: () => string
}
