import { CertmanError } from '../../src/base/errors.ts'
import { parseWait, WAIT_FORMS } from '../../src/base/wait.ts'
import type { ProjectSettings, Settings } from '../../src/settings/read.ts'
import type { GlobalOptions, OutputForm } from '../context.ts'
import type { Given } from '../declare.ts'
import { OUTPUT_FORMS, type GlobalFlags } from './global.ts'

/** The global flags, and what the commands of hints repeat of a verb's own. */
export type TypedFlags = Given<GlobalFlags> & { readonly users?: string | undefined }

/** Where a default may come from, strongest first: environment, project file, user file. */
export interface Layers {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly project: ProjectSettings | undefined
  readonly user: Settings
}

/** @param from the flag, variable or setting that `text` came from, for the message */
function milliseconds(text: string, from: string): number {
  const wait = parseWait(text)
  if (wait !== undefined) return wait
  throw new CertmanError('cli.usage', `${from}: ${JSON.stringify(text)} is no time`, {
    hint: `write it as ${WAIT_FORMS}`,
    field: 'lock-timeout',
  })
}

function outputForm(text: string, from: string): OutputForm {
  const form = OUTPUT_FORMS.find((each) => each === text)
  if (form) return form
  throw new CertmanError('cli.usage', `${from}: there is no output form ${JSON.stringify(text)}`, {
    hint: `the forms are: ${OUTPUT_FORMS.join(', ')}`,
    field: 'output',
  })
}

/** Whether a variable that stands for a flag says yes: `0`, `false`, `no` and nothing say no. */
export const isOn = (value: string | undefined): boolean =>
  value !== undefined && !['', '0', 'false', 'no'].includes(value.toLowerCase())

/** The first value that is set, with the name of its place. */
function strongest(
  candidates: readonly (readonly [value: string | undefined, from: string])[],
): readonly [string, string] | undefined {
  const found = candidates.find(([value]) => value !== undefined && value !== '')
  return found as readonly [string, string] | undefined
}

function settleOutput(flags: Given<GlobalFlags>, { env, project, user }: Layers): OutputForm | undefined {
  if (flags.json && flags.output !== undefined && flags.output !== 'json' && flags.output !== 'jsonl')
    throw new CertmanError('cli.usage', `--json and --output ${flags.output} contradict each other`)
  if (flags.output !== undefined) return flags.output
  if (flags.json) return 'json'
  const found = strongest([
    [env['CERTMAN_OUTPUT'], 'CERTMAN_OUTPUT'],
    [project?.output, project?.file ?? ''],
    [user.output, 'settings'],
  ])
  return found && outputForm(...found)
}

/** Colour is wanted unless a flag, `NO_COLOR` (no-color.org), `CERTMAN_NO_COLOR`, `TERM=dumb` or a setting says no. */
function settleColor(flags: Given<GlobalFlags>, { env, project, user }: Layers): boolean {
  if (flags.noColor || env['NO_COLOR'] || isOn(env['CERTMAN_NO_COLOR']) || env['TERM'] === 'dumb')
    return false
  return project?.color ?? user.color ?? true
}

function settleLockTimeout(flags: Given<GlobalFlags>, { env, project, user }: Layers): number {
  const found = strongest([
    [flags.lockTimeout, '--lock-timeout'],
    [env['CERTMAN_LOCK_TIMEOUT'], 'CERTMAN_LOCK_TIMEOUT'],
    [project?.lockTimeout, project?.file ?? ''],
    [user.lockTimeout, 'settings'],
  ])
  return milliseconds(...(found ?? (['10s', 'default'] as const)))
}

/**
 * Settles the global options by precedence: flag, environment, project file, user file.
 *
 * @throws {CertmanError} `cli.usage` for a value that is none
 */
export function settleGlobals(flags: TypedFlags, layers: Layers): GlobalOptions {
  const { env } = layers
  const variable = (name: string): string | undefined => env[`CERTMAN_${name}`] || undefined
  const fields = flags.fields ?? variable('FIELDS')
  return {
    store: flags.store ?? variable('STORE') ?? layers.project?.store,
    typed: { store: flags.store, config: flags.config, users: flags.users },
    output: settleOutput(flags, layers),
    fields: fields?.split(',').flatMap((field) => field.trim() || []),
    input: !flags.noInput && !isOn(variable('NO_INPUT')),
    yes: flags.yes,
    dryRun: flags.dryRun,
    quiet: flags.quiet || isOn(variable('QUIET')),
    verbose: flags.verbose || isOn(variable('VERBOSE')),
    color: settleColor(flags, layers),
    exitCode: flags.exitCode || isOn(variable('EXIT_CODE')),
    lockTimeoutMs: settleLockTimeout(flags, layers),
    printRequest: flags.printRequest || isOn(variable('PRINT_REQUEST')),
  }
}
