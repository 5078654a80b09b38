import { shellWord } from '../src/base/text.ts'
import { findVerb, GROUPS } from './verbs.ts'

/** Where a person said to work, in words of the command line; what comes from elsewhere is found again. */
export interface TypedPlace {
  /** `--store` as typed. */
  readonly store?: string | undefined
  /** `--config` as typed. */
  readonly config?: string | undefined
  /** `--users` as typed, of the verbs that know users. */
  readonly users?: string | undefined
}

/** Verbs that work on no store, or name it as an argument. */
const WITHOUT_STORE =
  /^(?:help|version|completion|serve|store (?:init|add|list|use|remove|token|(?:show|check) \S+))(?:\b|$)/

/** Verbs that read no settings. */
const WITHOUT_SETTINGS = /^(?:help|version|completion)\b/

/** Verbs that take `--users`. */
const WITH_USERS = /^serve(?! user\b)\b|^serve user (?:key )?[a-z]+\b/

/** `certman`, the store if it is named, and the words up to the end: commas, semicolons, brackets, the end of the line. */
const COMMAND = /\bcertman (?<named>-s (?:'[^']*'|[^\s']+) )?(?<words>[^;,()\n]*)/g

/**
 * Puts the store, the settings file and the users file that were named on the command line into the commands of a hint or a remark: a
 * person who copies one of them means the same store, not the default one.
 */
export function withTypedPlace(text: string, { store, config, users }: TypedPlace = {}): string {
  if ((store ?? config ?? users) === undefined) return text
  return text.replace(COMMAND, (command, named: string | undefined, words: string) => {
    if (!isCommand(words)) return command
    const settings =
      config === undefined || WITHOUT_SETTINGS.test(words) ? '' : `--config ${shellWord(config)} `
    const place = named ?? (store === undefined || !isOnStore(words) ? '' : `-s ${shellWord(store)} `)
    const rest =
      users === undefined ? words : words.replace(WITH_USERS, (verb) => `${verb} --users ${shellWord(users)}`)
    return `certman ${settings}${place}${rest}`
  })
}

function isCommand(words: string): boolean {
  const [first = ''] = words.split(' ', 1)
  return (findVerb(first) !== undefined || Object.hasOwn(GROUPS, first)) && !/ --help\b/.test(words)
}

const isOnStore = (words: string): boolean => !WITHOUT_STORE.test(words) && !/ --(?:host|file)\b/.test(words)
