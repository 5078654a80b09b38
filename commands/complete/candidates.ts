import type { Context } from '../context.ts'
import { type AnyOption, type Argument, type Completes, kebab, type Verb } from '../declare.ts'
import { TOPIC_NAMES } from '../help/topic-names.ts'
import { GLOBAL_OPTIONS } from '../options/global.ts'
import { PLURALS } from '../references.ts'
import { route } from '../route.ts'
import { verbsIn, findVerb, wordsAfter } from '../verbs.ts'
import { liveNames, type Where } from './live-names.ts'

/** A candidate as the scripts read it: the word, and after a tab what it means. */
const line = (word: string, help: string): string => `${word}\t${help}`

const optionWord = (key: string): string => `--${kebab(key)}`

const verbsNow = (group: string | undefined): string[] =>
  [...wordsAfter(group)].map(([word, summary]) => line(word, summary))

const visibleVerbs = (): string[] =>
  Object.entries(verbsIn()).flatMap(([name, { hidden }]) => (hidden ? [] : [name]))

const allOptions = (verb: Verb | undefined): Readonly<Record<string, AnyOption>> => ({
  ...verb?.options,
  ...GLOBAL_OPTIONS,
})

function flagsNow(verb: Verb | undefined): string[] {
  return Object.entries(allOptions(verb)).map(([key, option]) => line(optionWord(key), option.help))
}

/** The option that a word names, when it takes a value. */
function valued(verb: Verb | undefined, word: string | undefined): AnyOption | undefined {
  if (!word?.startsWith('-')) return undefined
  const found = Object.entries(allOptions(verb)).find(
    ([key, { short }]) => optionWord(key) === word || (short !== undefined && `-${short}` === word),
  )?.[1]
  return found?.type === 'flag' ? undefined : found
}

/** Whose names follow the prefix of a kind. */
const PREFIXED = {
  'requests/': 'any-request',
  'authorities/': 'authority',
  'collections/': 'collection',
} as const

/** Certificates, or after `requests/` and its like the records of that kind. */
async function references(ctx: Context, typed: string): Promise<string[]> {
  const [prefix = '', where] = Object.entries(PREFIXED).find(([each]) => typed.startsWith(each)) ?? []
  const names = await liveNames(ctx, where ?? 'reference', typed.slice(prefix.length))
  return names.map((name) => prefix + name)
}

type Values = (ctx: Context, prefix: string) => readonly string[] | Promise<readonly string[]>

const live =
  (where: Where): Values =>
  (ctx, prefix) =>
    liveNames(ctx, where, prefix)

/** The last of several fields, which a minus may turn round. */
async function fields(typed: string): Promise<string[]> {
  const [before = ''] = /^(?:.*,)?-?/.exec(typed) ?? []
  const { fieldNames } = await import('../../src/query/fields.ts')
  return fieldNames('certificate').map((name) => before + name)
}

/** Where the values of a kind come from. */
const VALUES: Readonly<Record<Completes, Values>> = {
  file: () => [':files'],
  folder: () => [':folders'],
  kind: () => Object.values(PLURALS),
  store: (ctx) => [...Object.keys(ctx.settings.stores), ':folders'],
  topic: () => [...TOPIC_NAMES, ...visibleVerbs()],
  reference: references,
  request: live('request'),
  authority: live('authority'),
  collection: live('collection'),
  profile: live('profile'),
  trash: live('trash'),
  reason: async () => (await import('../../src/domain/revocation.ts')).REASONS_TO_REVOKE,
  'key-type': async () => (await import('../../src/crypto/generate-key.ts')).KEY_TYPES.map(([name]) => name),
  field: (_ctx, prefix) => fields(prefix),
}

const choicesOf = (spec: AnyOption | Argument): readonly string[] | undefined =>
  'choices' in spec ? spec.choices : undefined

/** Words after the verb that are no flags and no values of flags. */
function plainWords(verb: Verb, words: readonly string[]): number {
  let plain = 0
  for (let at = 0; at < words.length; at++)
    if (valued(verb, words[at])) at++
    else if (!words[at]!.startsWith('-')) plain++
  return plain
}

/** The store that the words so far name, so that names come from the right one. */
function storeIn(words: readonly string[]): string | undefined {
  const at = words.findLastIndex((word) => word === '-s' || word === '--store')
  return at < 0 ? words.findLast((word) => word.startsWith('--store='))?.slice(8) : words[at + 1]
}

/** One question of the shell: the verb so far, the words before, and the word that is being typed. */
interface Asked {
  readonly ctx: Context
  readonly verb: Verb | undefined
  readonly before: readonly string[]
  readonly last: string
}

async function offer({ ctx }: Asked, spec: AnyOption | Argument, prefix: string): Promise<readonly string[]> {
  return choicesOf(spec) ?? (spec.completes ? VALUES[spec.completes](ctx, prefix) : [])
}

/** Values of the flag that is being given, as `--flag value` or `--flag=value`; undefined when none is. */
async function flagValues(asked: Asked): Promise<readonly string[] | undefined> {
  const { verb, before, last } = asked
  const open = valued(verb, before.at(-1))
  if (open) return offer(asked, open, last)
  const [, flag, prefix = ''] = /^(--[a-z-]+)=(.*)$/.exec(last) ?? []
  const inline = valued(verb, flag)
  if (!inline) return last.startsWith('-') ? flagsNow(verb) : undefined
  const values = await offer(asked, inline, prefix)
  return values.map((value) => (value.startsWith(':') ? value : `${flag}=${value}`))
}

async function argumentValues(asked: Asked, verb: Verb, rest: readonly string[]): Promise<readonly string[]> {
  const last = verb.args.at(-1)
  const argument = verb.args[plainWords(verb, rest)] ?? (last?.many ? last : undefined)
  return argument ? offer(asked, argument, asked.last) : []
}

/**
 * What may stand for the last of `words`.
 *
 * @returns words, each with a tab and a remark where there is one; `:files` and `:folders` ask the shell for those
 */
export async function candidates(ctx: Context, words: readonly string[]): Promise<string[]> {
  const before = words.slice(0, -1)
  const last = words.at(-1) ?? ''
  const { name, known, rest } = route(before)
  const verb = known === 'verb' && name !== undefined ? await findVerb(name)!.load() : undefined
  const store = storeIn(before)
  const here = store === undefined ? ctx : { ...ctx, global: { ...ctx.global, store } }
  const asked: Asked = { ctx: here, verb, before, last }
  const open = name === undefined || known === 'group'
  // `serve` is a verb and a group at once
  const members = verb && rest.length === 0 ? verbsNow(name) : []
  const found =
    (await flagValues(asked)) ??
    (verb ? [...(await argumentValues(asked, verb, rest)), ...members] : open ? verbsNow(name) : [])
  return found.filter((line) => line.startsWith(':') || line.startsWith(last))
}
