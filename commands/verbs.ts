import { AUTHORITY_VERBS } from './authority-verbs.ts'
import { CERTIFICATE_VERBS } from './certificate-verbs.ts'
import { SERVE_VERBS } from './serve-verbs.ts'
import { OWN_VERBS, STORE_VERBS } from './store-verbs.ts'
import type { VerbEntry, VerbTable } from './verb-table.ts'

export type VerbGroup = 'certificates' | 'authorities' | 'stores' | 'other'

/** In the order of the overview. A table is made when those before it lack a name: all rows take half a millisecond. */
const TABLES: readonly (readonly [group: VerbGroup, table: () => VerbTable])[] = [
  ['certificates', () => CERTIFICATE_VERBS],
  ['authorities', () => AUTHORITY_VERBS],
  ['stores', () => STORE_VERBS],
  ['stores', () => SERVE_VERBS],
  ['other', () => OWN_VERBS],
]

/** The row of a verb; undefined for a group and for a word that is neither. */
export function findVerb(name: string): VerbEntry | undefined {
  for (const [, table] of TABLES) if (Object.hasOwn(table(), name)) return table()[name]
  return undefined
}

/** The verbs of a group, or all, in the order of the overview. */
export const verbsIn = (group?: VerbGroup): VerbTable =>
  Object.fromEntries(
    TABLES.flatMap(([each, table]) => (group === undefined || each === group ? Object.entries(table()) : [])),
  )

/** Words that only group verbs: `store`, `trash`, `ca`, and within that `ca profile`. */
export const GROUPS: Readonly<Record<string, string>> = {
  trash: 'look into the trash, or empty it',
  ca: 'authorities: make, take in, show, enable, renew; CRLs and profiles',
  'ca profile': 'what kinds of certificates are issued',
  store: 'make, name, show and check stores',
  collection: 'saved filters: make and change',
  serve: "offer stores over HTTPS in five vendors' dialects; who may use them",
  'serve user': 'who may use the server',
  'serve user key': 'API keys of a user',
}

/** Names of the visible verbs that begin with `prefix` and a space: the members of a group, those of groups in it too. */
export const membersOf = (group: string): readonly string[] =>
  Object.keys(verbsIn()).filter((name) => name.startsWith(`${group} `))

/** The words that may follow a group (or, for undefined, come first): verbs and groups, each with its summary. */
export function wordsAfter(group: string | undefined): ReadonlyMap<string, string> {
  const words = new Map<string, string>()
  const start = group === undefined ? '' : `${group} `
  for (const [name, { hidden, summary }] of Object.entries(verbsIn())) {
    if (hidden || !name.startsWith(start)) continue
    const [word = ''] = name.slice(start.length).split(' ')
    words.set(word, GROUPS[start + word] ?? summary)
  }
  return words
}
