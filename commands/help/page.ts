import { type AnyOption, type Argument, kebab, type Options, type Verb } from '../declare.ts'
import { CHANGING_FLAGS, GLOBAL_OPTIONS } from '../options/global.ts'
import { findVerb, GROUPS, membersOf, type VerbGroup, verbsIn } from '../verbs.ts'
import { TOPIC_NAMES } from './topic-names.ts'

/** A part of a help page; text, Markdown and manual pages are written from the same parts. */
export type Section =
  | { readonly type: 'paragraphs'; readonly title?: string; readonly paragraphs: readonly string[] }
  | { readonly type: 'examples'; readonly examples: Verb['examples'] }
  | {
      readonly type: 'terms'
      readonly title: string
      readonly terms: readonly (readonly [term: string, meaning: string])[]
    }

export interface Page {
  /** `certman list` */
  readonly name: string
  readonly summary: string
  /** Absent for topics. */
  readonly synopsis?: string
  readonly sections: readonly Section[]
}

const argumentWord = ({ name, optional, many }: Argument): string => {
  const word = many ? `${name}…` : name
  return optional ? `[${word}]` : word
}

function optionTerm(key: string, option: AnyOption): string {
  const long = `--${kebab(key)}`
  const value = option.type === 'flag' ? '' : ` ${option.value}`
  return `${option.short === undefined ? '    ' : `-${option.short}, `}${long}${value}`
}

/** Choices that the placeholder does not show already. */
function optionMeaning(option: AnyOption): string {
  if (option.type !== 'text' || !option.choices || option.value === option.choices.join('|'))
    return option.help
  const { choices } = option
  return `${option.help}: ${choices.join(', ')}`
}

/** @param all with the rare ones, as manual pages show them */
function optionTerms(options: Options, all: boolean): (readonly [string, string])[] {
  return Object.entries(options)
    .filter(([, option]) => all || !option.rare)
    .map(([key, option]) => [optionTerm(key, option), optionMeaning(option)] as const)
}

/** Those that make sense for a verb, but for the names that it has taken for options of its own. */
function globalOptions({ changes = false, options }: Verb): Options {
  return Object.fromEntries(
    Object.entries(GLOBAL_OPTIONS).filter(
      ([key]) => (changes || !CHANGING_FLAGS.includes(key)) && !Object.hasOwn(options, key),
    ),
  )
}

const memberTerms = (group: string): Section => ({
  type: 'terms',
  title: 'Verbs',
  terms: membersOf(group).map((name) => [name, findVerb(name)!.summary] as const),
})

/**
 * The page of a verb: examples first, then its own flags, then the global ones.
 *
 * @param full with rarely wanted flags, for manual pages
 */
export function verbPage(verb: Verb, full = false): Page {
  const own = optionTerms(verb.options, full)
  const sections: Section[] = [{ type: 'examples', examples: verb.examples }]
  if (verb.about) sections.push({ type: 'paragraphs', paragraphs: verb.about })
  if (verb.args.length > 0)
    sections.push({
      type: 'terms',
      title: 'Arguments',
      terms: verb.args.map((argument) => [argumentWord(argument), argument.help] as const),
    })
  if (own.length > 0) sections.push({ type: 'terms', title: 'Options', terms: own })
  // `serve` is a verb and a group at once
  if (Object.hasOwn(GROUPS, verb.name)) sections.push(memberTerms(verb.name))
  sections.push({ type: 'terms', title: 'Global options', terms: optionTerms(globalOptions(verb), full) })
  const words = [
    'certman',
    verb.name,
    ...(own.length > 0 ? ['[OPTION…]'] : []),
    ...verb.args.map(argumentWord),
  ]
  return {
    name: `certman ${verb.name}`,
    summary: findVerb(verb.name)!.summary,
    synopsis: words.join(' '),
    sections,
  }
}

const GROUP_TITLES: Readonly<Record<VerbGroup, string>> = {
  certificates: 'Certificates',
  authorities: 'Requests and authorities',
  stores: 'Stores',
  other: 'Other',
}

/** `store init` and its like appear as one line, `store`. */
function overviewTerms(group: VerbGroup): (readonly [string, string])[] {
  const seen = new Map<string, string>()
  for (const [name, { hidden, summary }] of Object.entries(verbsIn(group))) {
    if (hidden) continue
    const word = name.split(' ')[0]!
    seen.set(word, GROUPS[word] ?? summary)
  }
  return [...seen]
}

/** The page of `certman --help`. */
export function overviewPage(): Page {
  return {
    name: 'certman',
    summary: 'one set of verbs for certificates, wherever they live',
    synopsis: 'certman [--store STORE] [--output FORM] VERB …',
    sections: [
      {
        type: 'examples',
        examples: [
          ['certman import web.pfx --name web', 'take a file into the store'],
          ['certman list --expiring 30d', 'what expires within 30 days'],
          ['certman show --host www.example.com', 'what a server presents'],
          ['certman export web --format fullchain --out web.pem', 'and out again'],
          ['certman request --subject CN=web --san dns:web.example --name web', 'a new key and a request'],
          ['certman sign web --ca root --days 90', 'issue what it asks for'],
        ],
      },
      ...(Object.keys(GROUP_TITLES) as VerbGroup[]).map((group): Section => ({
        type: 'terms',
        title: GROUP_TITLES[group],
        terms: overviewTerms(group),
      })),
      { type: 'terms', title: 'Global options', terms: optionTerms(GLOBAL_OPTIONS, false) },
      {
        type: 'paragraphs',
        paragraphs: [
          `Help about a verb: certman VERB --help. Topics: ${TOPIC_NAMES.map((name) => `certman help ${name}`).join(', ')}.`,
        ],
      },
    ],
  }
}

/** The page of a group such as `store`. */
export function groupPage(group: string): Page {
  return {
    name: `certman ${group}`,
    summary: GROUPS[group]!,
    synopsis: `certman ${group} VERB …`,
    sections: [
      memberTerms(group),
      { type: 'paragraphs', paragraphs: [`Help about one: certman ${group} VERB --help.`] },
    ],
  }
}
