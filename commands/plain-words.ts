import { type AnyOption, type Given, kebab, type Options, type Verb } from './declare.ts'
import { GLOBAL_OPTIONS, type GlobalFlags } from './options/global.ts'
import type { Parsed } from './parse.ts'

type Values = Map<string, string | number | true | readonly string[]>

const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** The key of a flag as declared, spelled in full: `--dry-run`, `-n`; undefined for every other word. */
export function optionKey(word: string, options: Options): string | undefined {
  if (!word.startsWith('-')) return undefined
  if (!word.startsWith('--')) return Object.keys(options).find((key) => options[key]!.short === word.slice(1))
  const key = camel(word.slice(2))
  return Object.hasOwn(options, key) && word === `--${kebab(key)}` ? key : undefined
}

/** `-` alone is standard input or output. */
const isFlag = (word: string): boolean => word.startsWith('-') && word !== '-'

/** The value of an option after one more word; undefined where the word does not do. */
function valueOf(spec: AnyOption, word: string | undefined, before: unknown) {
  if (word === undefined || isFlag(word)) return undefined
  if (spec.type === 'number') return /^\d{1,15}$/.test(word) ? Number(word) : undefined
  if (spec.type === 'many') return [...((before as readonly string[] | undefined) ?? []), word]
  return spec.type === 'text' && spec.choices && !spec.choices.includes(word) ? undefined : word
}

function given(values: Values, options: Options): Given<Options> {
  const all: Record<string, unknown> = {}
  for (const key of Object.keys(options)) {
    const { type } = options[key]!
    all[key] = type === 'flag' ? values.has(key) : (values.get(key) ?? (type === 'many' ? [] : undefined))
  }
  return all as Given<Options>
}

function fits({ args }: Pick<Verb, 'args'>, count: number): boolean {
  if (args.some(({ choices }) => choices)) return false
  const least = args.filter(({ optional }) => !optional).length
  return count >= least && (count <= args.length || args.at(-1)?.many === true)
}

/**
 * Reads words that leave nothing to decide: whole flags that exist, values that are no flags, as many arguments as
 * the verb takes. That is what scripts write, and it spares them 4 ms of loading commander.
 *
 * @returns what `parseVerb` would, or undefined for all other words: commander reads them, or says what is wrong
 */
export function readPlainly(
  verb: Pick<Verb, 'args' | 'options'>,
  words: readonly string[],
): Parsed | undefined {
  const options: Options = { ...GLOBAL_OPTIONS, ...verb.options }
  const values: Values = new Map()
  const args: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    if (word !== '' && !isFlag(word)) {
      args.push(word)
      continue
    }
    const key = optionKey(word, options)
    if (key === undefined) return undefined
    const spec: AnyOption = options[key]!
    const value = spec.type === 'flag' ? true : valueOf(spec, words[++at], values.get(key))
    if (value === undefined) return undefined
    values.set(key, value)
  }
  if (!fits(verb, args.length)) return undefined
  const input = { args, options: given(values, verb.options) }
  // an option of the verb's own under the name of a global flag is not the global one
  for (const key of Object.keys(verb.options)) values.delete(key)
  return { global: given(values, GLOBAL_OPTIONS) as Given<GlobalFlags>, input }
}
