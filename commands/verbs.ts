import { AUTHORITY_VERBS } from './authority-verbs.ts'
import type { Verb } from './declare.ts'
import { SERVE_VERBS } from './serve-verbs.ts'

export type VerbGroup = 'certificates' | 'authorities' | 'stores' | 'other'

/** One row of the table: what the overview shows without loading the verb. */
export interface VerbEntry {
  readonly summary: string
  readonly group: VerbGroup
  readonly hidden?: boolean
  readonly load: () => Promise<Verb>
}

/**
 * Every verb, in the order of the overview. The build makes a chunk of its own of each `import()` here, so that
 * a verb loads nothing of the others; `summary` stands twice (a test compares) for the same reason.
 */
export const VERBS: Readonly<Record<string, VerbEntry>> = {
  list: {
    summary: 'list certificates, requests, keys, authorities',
    group: 'certificates',
    load: async () => (await import('./list.ts')).list,
  },
  show: {
    summary: 'show everything about a record, a file or a TLS port',
    group: 'certificates',
    load: async () => (await import('./show.ts')).show,
  },
  verify: {
    summary: 'say whether certificates are to be trusted, and why not',
    group: 'certificates',
    load: async () => (await import('./verify.ts')).verifyVerb,
  },
  import: {
    summary: 'take files into the store',
    group: 'certificates',
    load: async () => (await import('./import.ts')).importVerb,
  },
  export: {
    summary: 'write certificates and keys to files',
    group: 'certificates',
    load: async () => (await import('./export.ts')).exportVerb,
  },
  edit: {
    summary: 'change names, tags and the exportable mark',
    group: 'certificates',
    load: async () => (await import('./edit.ts')).edit,
  },
  delete: {
    summary: 'move records to the trash',
    group: 'certificates',
    load: async () => (await import('./delete.ts')).deleteVerb,
  },
  restore: {
    summary: 'bring records back from the trash',
    group: 'certificates',
    load: async () => (await import('./restore.ts')).restore,
  },
  'trash list': {
    summary: 'list what lies in the trash',
    group: 'certificates',
    load: async () => (await import('./trash-list.ts')).trashList,
  },
  'trash empty': {
    summary: 'destroy what lies in the trash',
    group: 'certificates',
    load: async () => (await import('./trash-empty.ts')).trashEmpty,
  },
  ...AUTHORITY_VERBS,
  'store init': {
    summary: 'make a directory store',
    group: 'stores',
    load: async () => (await import('./store-init.ts')).storeInit,
  },
  'store list': {
    summary: 'list the configured stores',
    group: 'stores',
    load: async () => (await import('./store-list.ts')).storeList,
  },
  'store show': {
    summary: 'show a store: where it is, what it holds, what it permits',
    group: 'stores',
    load: async () => (await import('./store-show.ts')).storeShow,
  },
  'store add': {
    summary: 'give a store a name in the settings',
    group: 'stores',
    load: async () => (await import('./store-add.ts')).storeAdd,
  },
  'store token': {
    summary: 'make an access token for a server (Azure API Management)',
    group: 'stores',
    load: async () => (await import('./store-token.ts')).storeToken,
  },
  'store use': {
    summary: 'make a store the default',
    group: 'stores',
    load: async () => (await import('./store-use.ts')).storeUse,
  },
  'store remove': {
    summary: 'forget a store; its files, or its server, stay',
    group: 'stores',
    load: async () => (await import('./store-remove.ts')).storeRemove,
  },
  'store check': {
    summary: 'verify every file of the store',
    group: 'stores',
    load: async () => (await import('./store-check.ts')).storeCheck,
  },
  'store reindex': {
    summary: 'rebuild the index from the files, adopt what was put there by hand',
    group: 'stores',
    load: async () => (await import('./store-reindex.ts')).storeReindex,
  },
  ...SERVE_VERBS,
  completion: {
    summary: 'print the completion script for bash, zsh or fish',
    group: 'other',
    load: async () => (await import('./completion.ts')).completion,
  },
  help: {
    summary: 'show help about a verb or a topic',
    group: 'other',
    load: async () => (await import('./help.ts')).help,
  },
  version: {
    summary: 'print the version',
    group: 'other',
    load: async () => (await import('./version.ts')).version,
  },
  __complete: {
    summary: 'print completions of a command line',
    group: 'other',
    hidden: true,
    load: async () => (await import('./complete.ts')).complete,
  },
}

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
  Object.keys(VERBS).filter((name) => name.startsWith(`${group} `))

/** The words that may follow a group (or, for undefined, come first): verbs and groups, each with its summary. */
export function wordsAfter(group: string | undefined): ReadonlyMap<string, string> {
  const words = new Map<string, string>()
  const start = group === undefined ? '' : `${group} `
  for (const [name, { hidden, summary }] of Object.entries(VERBS)) {
    if (hidden || !name.startsWith(start)) continue
    const [word = ''] = name.slice(start.length).split(' ')
    words.set(word, GROUPS[start + word] ?? summary)
  }
  return words
}
