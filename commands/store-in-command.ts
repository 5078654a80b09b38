import { shellWord } from '../src/base/text.ts'
import { findVerb, GROUPS } from './verbs.ts'

/** Verbs that work on no store, or name it as an argument. */
const WITHOUT_STORE =
  /^(?:help|version|completion|serve|store (?:init|add|list|use|remove|token|(?:show|check) \S+))(?:\b|$)/

/** `certman` and the words up to the end of the command: commas, semicolons, brackets and the end of the line end it. */
const COMMAND = /\bcertman (?<words>[^;,()\n]*)/g

/**
 * Puts the store that was named with `--store` into the commands of a hint or a remark: a person who copies one of
 * them means the same store, not the default one.
 *
 * @param store as typed; undefined where none was, and the commands find the same one as they are
 */
export function withTypedStore(text: string, store: string | undefined): string {
  if (store === undefined) return text
  return text.replace(COMMAND, (command, words: string) =>
    isOnStore(words) ? `certman -s ${shellWord(store)} ${words}` : command,
  )
}

function isOnStore(words: string): boolean {
  const [first = ''] = words.split(' ', 1)
  const isVerb = findVerb(first) !== undefined || Object.hasOwn(GROUPS, first)
  return isVerb && !WITHOUT_STORE.test(words) && !/ --(?:help|host|file)\b/.test(words)
}
