import type { Ambient } from '../src/base/ambient.ts'
import type { Json } from '../src/base/json.ts'
import type { Secret } from '../src/base/secret.ts'

/** Where a password or token comes from; never from the command line itself. */
export interface SecretFlags {
  readonly passwordFile?: string
  readonly passwordEnv?: string
  readonly passwordCommand?: string
}

export type OutputForm = 'table' | 'wide' | 'json' | 'jsonl' | 'csv' | 'yaml' | 'name'

/** The global flags after precedence (flag, environment, project file, user file) is settled. */
export interface GlobalOptions {
  readonly store: string | undefined
  readonly output: OutputForm | undefined
  readonly fields: readonly string[] | undefined
  readonly input: boolean
  readonly yes: boolean
  readonly dryRun: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly color: boolean
  readonly exitCode: boolean
  readonly config: string | undefined
  readonly lockTimeoutMs: number
}

/** The terminal and the streams, as far as commands may touch them. */
export interface Terminal {
  /** Data. Resolves when the stream took it; a closed pipe ends the command quietly. */
  write(data: string | Uint8Array): Promise<void>
  /** Talk, on stderr: one line, the program's name is put before it. */
  say(line: string): void
  readonly stdoutIsTty: boolean
  readonly stdinIsTty: boolean
  readonly stderrIsTty: boolean
  /** Width of the terminal, or of `COLUMNS`; 80 when neither is known. */
  readonly columns: number
  readStdin(): Promise<Uint8Array>
}

/** What every command gets instead of `process`. */
export interface Context {
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
}

/** A result in both of its forms: JSON for scripts, text for people. */
export interface Emission {
  readonly json: Json
  readonly text: () => string
}
