import { Argument as Positional, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { CertmanError } from '../src/base/errors.ts'
import { shellWord } from '../src/base/text.ts'
import { type AnyOption, type Argument, type Input, kebab, type Options, type Verb } from './declare.ts'
import { GLOBAL_OPTIONS, type GlobalFlags } from './options/global.ts'
import type { Given } from './declare.ts'
import { habitError, oneDashed, seeOptions, verbMeant, withoutValue } from './habits.ts'
import { TOPIC_NAMES } from './help/topic-names.ts'
import { usageWords } from './usage-words.ts'
import { findVerb, GROUPS, wordsAfter } from './verbs.ts'

export interface Parsed {
  readonly global: Given<GlobalFlags>
  readonly input: Input
}

function wholeNumber(word: string): number {
  if (!/^\d{1,15}$/.test(word)) throw new InvalidArgumentError('it is not a whole number')
  return Number(word)
}

function toOption(key: string, spec: AnyOption): Option {
  const long = `--${kebab(key)}${spec.type === 'flag' ? '' : ` <${spec.value}>`}`
  const option = new Option(spec.short ? `-${spec.short}, ${long}` : long, spec.help)
  if (spec.type === 'text' && spec.choices) option.choices(spec.choices)
  if (spec.type === 'number') option.argParser(wholeNumber)
  if (spec.type === 'many')
    option.argParser((word: string, before: string[] | undefined) => [...(before ?? []), word])
  return option
}

const placeholder = ({ name, optional, many }: Argument): string => {
  const dots = many ? '...' : ''
  return optional ? `[${name}${dots}]` : `<${name}${dots}>`
}

function toArgument(argument: Argument): Positional {
  const positional = new Positional(placeholder(argument), argument.help)
  return argument.choices ? positional.choices(argument.choices) : positional
}

/** A commander command that neither prints nor exits. */
function quiet(name: string): Command {
  return new Command(name)
    .exitOverride()
    .helpOption(false)
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
}

/** A verb may have an option of its own under the name of a global flag: `serve --store` may be repeated. */
const withoutOwn = (values: Readonly<Record<string, unknown>>, own: Options): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !Object.hasOwn(own, key)))

/** Values by key as declared; `--no-x` would negate in commander, so keys that begin with `no` are read apart. */
function pick(values: Readonly<Record<string, unknown>>, options: Options): Given<Options> {
  const given: Record<string, unknown> = {}
  for (const [key, spec] of Object.entries(options)) {
    const negated = /^no([A-Z])(.*)$/.exec(key)
    const value = negated ? values[`${negated[1]!.toLowerCase()}${negated[2]!}`] === false : values[key]
    given[key] = spec.type === 'flag' ? value === true : spec.type === 'many' ? (value ?? []) : value
  }
  return given as Given<Options>
}

/**
 * Reads the words after the verb. Global flags are accepted among them.
 *
 * @throws {CertmanError} `cli.usage`; the hint has the nearest flag when one is near
 */
export function parseVerb(verb: Pick<Verb, 'name' | 'args' | 'options'>, words: readonly string[]): Parsed {
  const options: Options = { ...GLOBAL_OPTIONS, ...verb.options }
  const habit = oneDashed(words, options, verb.name)
  if (habit) throw habit
  const command = quiet(verb.name)
  for (const argument of verb.args) command.addArgument(toArgument(argument))
  for (const [key, spec] of Object.entries(options)) command.addOption(toOption(key, spec))
  command.allowExcessArguments(false).action(() => undefined)
  try {
    command.parse([...words], { from: 'user' })
  } catch (error) {
    throw usageError(error, verb, options)
  }
  const values = command.opts()
  return {
    global: pick(withoutOwn(values, verb.options), GLOBAL_OPTIONS) as Given<GlobalFlags>,
    input: { args: command.args, options: pick(values, verb.options) },
  }
}

/** Turns a complaint of commander into ours. */
function usageError(error: unknown, verb: Pick<Verb, 'name' | 'args'>, options: Options): unknown {
  if (!(error instanceof CommanderError)) return error
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n')
  const unknown = /^unknown option '(.*)'/s.exec(first)?.[1]
  const habit = unknown === undefined ? undefined : habitError(unknown, options)
  if (habit) return habit
  const guess = /Did you mean (?:one of )?(.+?)\?\)?$/.exec(second ?? '')?.[1]
  const complaint =
    unknown === undefined ? usageWords(first.replace(/\.$/, '')) : `unknown option '${withoutValue(unknown)}'`
  return new CertmanError('cli.usage', complaint, {
    hint: guess
      ? `did you mean ${guess}?`
      : (extraHint(first, options) ?? nameHint(unknown, verb) ?? seeOptions(verb.name)),
  })
}

/** `request web.csr`, `ca create root`: verbs whose objects are all named by flags; `-o web.pem`, as elsewhere. */
function extraHint(complaint: string, options: Options): string | undefined {
  if (/^option '-o, .*' argument '[^']*[./]/s.test(complaint) && Object.hasOwn(options, 'out'))
    return 'did you mean --out?'
  if (!complaint.startsWith('too many arguments. Expected 0')) return undefined
  if (Object.hasOwn(options, 'csr')) return 'a CSR is given with --csr FILE, a subject with --subject DN'
  if (Object.hasOwn(options, 'subject'))
    return 'the subject is given with --subject DN, the name with --name NAME'
  return undefined
}

/** `ca csr --name issuing`, after `ca create --name root`: what is made there is named by a flag. */
function nameHint(
  unknown: string | undefined,
  { name, args }: Pick<Verb, 'name' | 'args'>,
): string | undefined {
  if (!/^--name(?:=|$)/.test(unknown ?? '') || args[0]?.name !== 'NAME') return undefined
  return `the name stands alone: certman ${name} ${args.map((each) => each.name).join(' ')}`
}

/**
 * The error for a word that is no verb, with the nearest verbs as commander finds them.
 *
 * @param rest the words after it: one of them may be the verb
 */
export function unknownVerb(name: string, rest: readonly string[] = []): CertmanError {
  const space = name.lastIndexOf(' ')
  const [group, word] = [name.slice(0, Math.max(space, 0)), name.slice(space + 1)]
  const inGroup = Object.hasOwn(GROUPS, group)
  const start = inGroup ? `certman ${group}` : 'certman'
  const what = inGroup
    ? `${start} has no ${JSON.stringify(word)}`
    : `there is no verb ${JSON.stringify(name)}`
  const near = guessFor(inGroup ? word : name, [...wordsAfter(inGroup ? group : undefined).keys()])
  const [next = ''] = rest
  const hint =
    wordHint(name) ??
    (near && `did you mean ${near.replace(/(\w+)(?=,|$| or)/g, `${start} $1`)}?`) ??
    (findVerb(next) && `the verb comes first: certman ${next} ${shellWord(name)}`) ??
    `see what there is: ${start} --help`
  return new CertmanError('cli.usage', what, { hint })
}

/** What a word means that is a topic, or a verb elsewhere. */
function wordHint(name: string): string | undefined {
  const topic = TOPIC_NAMES.find((each) => each === name)
  if (topic) return `it is a topic: certman help ${topic}`
  const meant = verbMeant(name)
  return meant && `did you mean certman ${meant}?`
}

/** The nearest of some names, as commander finds them. */
function guessFor(word: string, names: readonly string[]): string | undefined {
  const root = quiet('certman').helpCommand(false)
  for (const each of names) root.addCommand(quiet(each))
  try {
    root.parse([word], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return /Did you mean (?:one of )?(.+?)\?/.exec(error.message)?.[1]
  }
  return undefined
}
