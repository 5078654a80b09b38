import type { Options } from './declare.ts'
import { GLOBAL_OPTIONS } from './options/global.ts'
import { optionKey } from './plain-words.ts'
import { findVerb, GROUPS } from './verbs.ts'

/** Which verb a command line names, and the words that remain for it. */
export interface Route {
  /** `list`, `store init`, a group such as `store`, an unknown word, or undefined when there is none. */
  readonly name: string | undefined
  readonly known: 'verb' | 'group' | 'nothing'
  readonly rest: readonly string[]
  /** The flag before an unknown word, if it is no global one: the word may be its value, and a secret; `rest` is without it. */
  readonly flag?: string
}

const OPTIONS: Options = GLOBAL_OPTIONS

/** Whether a global flag is followed by its value. */
function takesValue(word: string): boolean {
  const key = optionKey(word, OPTIONS)
  return key !== undefined && OPTIONS[key]!.type !== 'flag'
}

/** `-passin` in `certman -passin word`, and the words without its own, `at`. */
function unknownFlag(argv: readonly string[], at: number): Partial<Pick<Route, 'flag' | 'rest'>> {
  const flag = argv[at - 1]
  const isFlag = flag !== undefined && /^-./.test(flag) && optionKey(flag, OPTIONS) === undefined
  return isFlag ? { flag, rest: argv.toSpliced(at, 1) } : {}
}

/** Index of the first word that is neither a flag nor a global flag's value. */
function firstWord(argv: readonly string[], from: number): number {
  for (let at = from; at < argv.length; at++) {
    const word = argv[at]!
    if (word === '--') return -1
    if (!word.startsWith('-') || word === '-') return at
    if (takesValue(word)) at++
  }
  return -1
}

/** Finds the verb: global flags may stand before and between its words, so the first words that are no flags decide. */
export function route(argv: readonly string[]): Route {
  const taken: number[] = []
  const rest = (): string[] => argv.filter((_, at) => !taken.includes(at))
  let name: string | undefined
  // `serve` is a verb and a group at once: a word that follows at once is to name a member
  let verb: Route | undefined
  for (;;) {
    const next = (taken.at(-1) ?? -1) + 1
    const at = firstWord(argv, next)
    if (at < 0 && verb?.name === name && verb) return verb
    if (at < 0) return { name, known: name === undefined ? 'nothing' : 'group', rest: rest() }
    taken.push(at)
    name = name === undefined ? argv[at]! : `${name} ${argv[at]!}`
    if (findVerb(name)) verb = { name, known: 'verb', rest: rest() }
    if (Object.hasOwn(GROUPS, name)) continue
    // the value of a flag of the verb's own is no member
    const isOwn = verb !== undefined && (verb.name === name || at > next)
    return isOwn ? verb! : { name, known: 'nothing', rest: rest(), ...unknownFlag(argv, at) }
  }
}
