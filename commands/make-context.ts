import { resolve } from 'node:path'
import { CertmanError } from '../src/base/errors.ts'
import type { Secret } from '../src/base/secret.ts'
import { settingsFile } from '../src/settings/places.ts'
import { isExposed, readProject, readSettings, type Settings } from '../src/settings/read.ts'
import type { Context, GlobalOptions, SecretFlags, Terminal, VerbFacts } from './context.ts'
import type { Given } from './declare.ts'
import { print } from './print.ts'
import type { GlobalFlags } from './options/global.ts'
import { isOn, type Layers, settleGlobals, type TypedFlags } from './options/settle.ts'
import { safeText } from './render/safe.ts'
import { renderFailure } from './report.ts'
import { withTypedPlace } from './place-in-command.ts'
import type { World } from './world.ts'

/** A context and, after the verb has run, the exit status that it settled. */
export interface Run {
  readonly context: Context
  readonly status: () => number
}

interface Configuration extends Layers {
  readonly file: string
}

function readConfiguration(flags: Given<GlobalFlags>, world: World, bare: boolean): Configuration {
  const { env } = world.ambient
  const named = flags.config ?? (env['CERTMAN_CONFIG'] || undefined)
  const file = named === undefined ? settingsFile({ env, ...world }) : resolve(world.cwd, named)
  const empty: Settings = { stores: {} }
  if (bare) return { env, file, project: undefined, user: empty }
  const user = readSettings(file, named !== undefined)
  return { env, file, project: readProject(world.cwd, user.stores), user }
}

/** Width of what standard output goes to: as `COLUMNS` says, else as the terminal does; undefined for a pipe or file. */
export function columnsOf({ ambient, stdout }: Pick<World, 'ambient' | 'stdout'>): number | undefined {
  const said = Number(ambient.env['COLUMNS'])
  return Number.isInteger(said) && said > 0 ? said : stdout.columns || undefined
}

function makeTerminal(world: World, global: GlobalOptions): Terminal {
  // stderr that nobody reads any more must not end the command
  const talk = (text: string): void => void world.stderr.write(text).catch(() => undefined)
  let stdin: Promise<Uint8Array> | undefined
  return {
    write: (data) => world.stdout.write(data),
    say: (line) => {
      if (!global.quiet) talk(`certman: ${safeText(withTypedPlace(line, global.typed))}\n`)
    },
    complain: (failure) => {
      const json = global.output === 'json' || global.output === 'jsonl'
      talk(renderFailure(failure, { json, verbose: false, typed: global.typed }))
    },
    draw: talk,
    // looked up when asked for: telling a terminal costs a script 2 ms
    get stdoutIsTty() {
      return world.stdout.isTty
    },
    get stderrIsTty() {
      return world.stderr.isTty
    },
    get columns() {
      return columnsOf(world) ?? (world.stderr.columns || 80)
    },
    readStdin: () => {
      // two flags that both want standard input cannot both have it
      if (stdin)
        throw new CertmanError('cli.usage', 'standard input is wanted twice', {
          hint: 'use a file for one of them',
        })
      return (stdin = world.stdin.read())
    },
  }
}

function makeSecretReader(
  world: World,
  terminal: Terminal,
): (flags: SecretFlags) => Promise<Secret | undefined> {
  return async (flags) => {
    if (Object.values(flags).every((each) => each === undefined)) return undefined
    const { readSecret, sourceOf } = await import('../src/settings/secret-source.ts')
    return readSecret(sourceOf(flags)!, {
      cwd: world.cwd,
      env: world.ambient.env,
      platform: world.platform,
      readStdin: terminal.readStdin,
      warn: (line) => terminal.say(`warning: ${line}`),
    })
  }
}

/** Verbs that need no settings: a damaged settings file must not stop them. */
const BARE: ReadonlySet<string> = new Set(['help', 'version', 'completion'])

/**
 * Settles flags, environment and settings files into the context of one run of `verb`.
 *
 * @throws {CertmanError} `settings.invalid`, `cli.usage`
 */
export function makeContext(flags: TypedFlags, world: World, verb: VerbFacts): Run {
  const { file, ...layers } = readConfiguration(flags, world, BARE.has(verb.name))
  const settled = settleGlobals(flags, layers)
  const global = {
    ...settled,
    color: settled.color && (world.stdout.isTty || isOn(layers.env['FORCE_COLOR'])),
  }
  const terminal = makeTerminal(world, global)
  if (isExposed(file, layers.user, world.platform))
    terminal.say(`warning: ${file} holds a secret and can be read by others; chmod 600 it`)
  let status = 0
  const context: Context = {
    verb,
    ambient: world.ambient,
    global,
    terminal,
    cwd: world.cwd,
    get canAsk() {
      return global.input && world.stdin.isTty && world.stderr.isTty
    },
    // the first doubt wins: a later "fine" of the same command does not take it back
    setExit: (next) => {
      status = status === 0 ? next : status
    },
    secret: makeSecretReader(world, terminal),
    settings: layers.user,
    settingsFile: file,
    platform: world.platform,
    home: world.home,
    signals: world.signals,
    prompter: async () =>
      world.prompter ?? (await import('./prompt.ts')).terminalPrompter(world.promptStreams()),
    emit: (emission) => print(context, emission),
  }
  return { context, status: () => status }
}
