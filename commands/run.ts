import type { Verb } from './declare.ts'
import { makeContext } from './make-context.ts'
import { exitOf, renderFailure, styleOf } from './report.ts'
import { parseVerb, unknownVerb } from './parse.ts'
import { type Route, route } from './route.ts'
import { VERBS } from './verbs.ts'
import { ClosedPipe, type World } from './world.ts'

const isHelpFlag = (word: string): boolean => word === '--help' || word === '-h'

/** Words before `--` that ask for help. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return (end < 0 ? words : words.slice(0, end)).some(isHelpFlag)
}

async function printHelp(name: string | undefined, world: World): Promise<number> {
  const { helpText } = await import('./help/text.ts')
  await world.stdout.write(await helpText(name, world.stdout.isTty ? world.stdout.columns : undefined))
  return 0
}

async function runVerb(verb: Verb, rest: readonly string[], world: World): Promise<number> {
  const { global, input } = parseVerb(verb, rest)
  const { context, status } = makeContext(global, world, verb)
  await verb.run(context, input)
  return status()
}

async function dispatch(argv: readonly string[], world: World): Promise<number> {
  const { name, known, rest }: Route = route(argv)
  const entry = known === 'verb' && name !== undefined ? VERBS[name] : undefined
  if (entry) {
    if (!entry.hidden && asksForHelp(rest)) return printHelp(name, world)
    return runVerb(await entry.load(), rest, world)
  }
  if (known === 'group') return printHelp(name, world)
  if (name !== undefined) throw unknownVerb(name)
  if (rest.some((word) => word === '--version' || word === '-V'))
    return runVerb(await VERBS['version']!.load(), [], world)
  return printHelp(undefined, world)
}

/**
 * One run of certman: reads the words, runs the verb, reports a failure.
 *
 * @param argv the words after the program's name
 * @returns the exit status; nothing is thrown
 */
export async function runCli(argv: readonly string[], world: World): Promise<number> {
  try {
    return await dispatch(argv, world)
  } catch (error) {
    if (error instanceof ClosedPipe) return 0
    const text = renderFailure(error, styleOf(argv, world.ambient.env))
    await world.stderr.write(text).catch(() => undefined)
    return exitOf(error)
  }
}
