import { GLOBAL_OPTIONS } from './options/global.ts'
import { kebab } from './declare.ts'
import { GROUPS, VERBS } from './verbs.ts'

/** Which verb a command line names, and the words that remain for it. */
export interface Route {
  /** `list`, `store init`, a group such as `store`, an unknown word, or undefined when there is none. */
  readonly name: string | undefined
  readonly known: 'verb' | 'group' | 'nothing'
  readonly rest: readonly string[]
}

const VALUED: ReadonlySet<string> = new Set(
  Object.entries(GLOBAL_OPTIONS).flatMap(([key, option]) =>
    option.type === 'flag' ? [] : [`--${kebab(key)}`, ...('short' in option ? [`-${option.short}`] : [])],
  ),
)

/** Index of the first word that is neither a flag nor a global flag's value. */
function firstWord(argv: readonly string[], from: number): number {
  for (let at = from; at < argv.length; at++) {
    const word = argv[at]!
    if (word === '--') return -1
    if (!word.startsWith('-') || word === '-') return at
    if (VALUED.has(word)) at++
  }
  return -1
}

const without = (argv: readonly string[], ...positions: number[]): string[] =>
  argv.filter((_, at) => !positions.includes(at))

/** Finds the verb: global flags may stand before it, so the first word that is no flag decides. */
export function route(argv: readonly string[]): Route {
  const at = firstWord(argv, 0)
  if (at < 0) return { name: undefined, known: 'nothing', rest: argv }
  const name = argv[at]!
  if (Object.hasOwn(VERBS, name)) return { name, known: 'verb', rest: without(argv, at) }
  if (!Object.hasOwn(GROUPS, name)) return { name, known: 'nothing', rest: without(argv, at) }
  const next = firstWord(argv, at + 1)
  if (next < 0) return { name, known: 'group', rest: without(argv, at) }
  const full = `${name} ${argv[next]!}`
  const known = Object.hasOwn(VERBS, full) ? 'verb' : 'nothing'
  return { name: full, known, rest: without(argv, at, next) }
}
