import type { OutputForm } from '../context.ts'
import { choice, flag, text } from '../declare.ts'

/** Every form of output, in the order of the help. */
export const OUTPUT_FORMS = ['table', 'wide', 'json', 'jsonl', 'csv', 'yaml', 'name'] as const

/** Whether a form is for programs; a table, wide or not, is for people, and so is what nobody asked for. */
export const isData = (form: OutputForm | undefined): boolean =>
  form !== undefined && form !== 'table' && form !== 'wide'

/** Flags that every verb takes, before or after its name. */
export const GLOBAL_OPTIONS = {
  store: text('STORE', 'the store: a configured name, or a folder', { short: 's', completes: 'store' }),
  output: choice(OUTPUT_FORMS, 'form of the output', { short: 'o', value: 'FORM' }),
  json: flag('short for --output json; errors become JSON too'),
  fields: text('LIST', 'only these fields, separated by commas', { completes: 'field' }),
  yes: flag('answer yes to every confirmation', { short: 'y' }),
  dryRun: flag('say what would change, change nothing', { short: 'n' }),
  noInput: flag('never ask; a missing answer is an error that names the flag'),
  quiet: flag('errors only: no remarks, no report of what was done or is in order', { short: 'q' }),
  verbose: flag('say more; faults show where they happened', { short: 'v' }),
  noColor: flag('no colour (NO_COLOR does the same)'),
  exitCode: flag('exit with 10 when nothing had to be changed'),
  config: text('FILE', 'settings file instead of the usual one', { completes: 'file' }),
  lockTimeout: text('TIME', 'how long to wait for another certman, such as 30s (default 10s)'),
  printRequest: flag('show the calls to a remote store on standard error, secrets masked', { rare: true }),
  help: flag('show help', { short: 'h' }),
} as const

/** Global flags that only make sense for verbs that change something. */
export const CHANGING_FLAGS: readonly string[] = ['yes', 'dryRun', 'exitCode', 'lockTimeout']

export type GlobalFlags = typeof GLOBAL_OPTIONS
