import type { CertmanError } from '../src/base/errors.ts'
import type { Verb } from './declare.ts'
import { columnsOf, makeContext } from './make-context.ts'
import { readPlainly } from './plain-words.ts'
import { exitOf, renderFailure, type ReportStyle, styleOf } from './report.ts'
import { type Route, route } from './route.ts'
import { findVerb } from './verbs.ts'
import { ClosedPipe, type World } from './world.ts'

/** commander, which help and plain words can do without: it takes 4 ms to load and to feed. */
const parser = (): Promise<typeof import('./parse.ts')> => import('./parse.ts')

const isHelpFlag = (word: string): boolean => word === '--help' || word === '-h'

/** Words before `--` that ask for help. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return (end < 0 ? words : words.slice(0, end)).some(isHelpFlag)
}

async function printHelp(name: string | undefined, world: World): Promise<number> {
  const { helpText } = await import('./help/text.ts')
  await world.stdout.write(await helpText(name, columnsOf(world)))
  return 0
}

/** A run, as far as it has come: what is learned about it decides how a failure is reported. */
interface Run {
  readonly world: World
  style: ReportStyle
}

async function runVerb(verb: Verb, rest: readonly string[], run: Run): Promise<number> {
  run.style = { ...run.style, verb: verb.name }
  const { global, input } = readPlainly(verb, rest) ?? (await parser()).parseVerb(verb, rest)
  const { users } = input.options
  const { context, status } = makeContext(
    typeof users === 'string' ? { ...global, users } : global,
    run.world,
    verb,
  )
  const { output, verbose, typed } = context.global
  run.style = { json: output === 'json' || output === 'jsonl', verbose, verb: verb.name, typed }
  try {
    await verb.run(context, input)
  } catch (error) {
    // nobody reads the rest; what the status was to be is known all the same
    if (!(error instanceof ClosedPipe)) throw error
  }
  return status()
}

/** No verb: the version, or help; a flag that does not exist is an error all the same. */
async function runWithoutVerb(rest: readonly string[], run: Run): Promise<number> {
  const words = rest.filter((word) => word !== '--version' && word !== '-V')
  if (words.length > 0 && !asksForHelp(words))
    (await parser()).parseVerb({ name: '', args: [], options: {} }, words)
  if (words.length === rest.length) return printHelp(undefined, run.world)
  return runVerb(await findVerb('version')!.load(), words, run)
}

/** What to say of a flag that stands before the verb and is no global one; `rest` has the verb, of a group too. */
async function earlyFlag(flag: string, rest: readonly string[]): Promise<CertmanError> {
  const { name, known } = route(rest)
  const verb = known === 'verb' ? await findVerb(name!)?.load() : undefined
  return (await import('./habits.ts')).earlyFlagError(flag, verb)
}

async function dispatch(argv: readonly string[], run: Run): Promise<number> {
  const { name, known, rest, flag }: Route = route(argv)
  const { world } = run
  const entry = known === 'verb' && name !== undefined ? findVerb(name) : undefined
  if (entry) {
    if (!entry.hidden && asksForHelp(rest)) return printHelp(name, world)
    return runVerb(await entry.load(), rest, run)
  }
  if (known === 'group') return printHelp(name, world)
  if (flag !== undefined) throw await earlyFlag(flag, rest)
  if (name !== undefined) throw (await parser()).unknownVerb(name, rest)
  return runWithoutVerb(rest, run)
}

/**
 * One run of certman: reads the words, runs the verb, reports a failure.
 *
 * @param argv the words after the program's name
 * @returns the exit status; nothing is thrown
 */
export async function runCli(argv: readonly string[], world: World): Promise<number> {
  const run: Run = { world, style: styleOf(argv, world.ambient.env) }
  try {
    return await dispatch(argv, run)
  } catch (error) {
    if (error instanceof ClosedPipe) return 0
    const text = renderFailure(error, run.style)
    await world.stderr.write(text).catch(() => undefined)
    return exitOf(error)
  }
}
