import type { VerbTable } from './verbs.ts'

/** Places where certificates lie. */
export const STORE_VERBS: VerbTable = {
  'store init': {
    summary: 'make a directory store',
    load: async () => (await import('./store-init.ts')).storeInit,
  },
  'store list': {
    summary: 'list the configured stores',
    load: async () => (await import('./store-list.ts')).storeList,
  },
  'store show': {
    summary: 'show a store: where it is, what it holds, what it permits',
    load: async () => (await import('./store-show.ts')).storeShow,
  },
  'store add': {
    summary: 'give a store a name in the settings',
    load: async () => (await import('./store-add.ts')).storeAdd,
  },
  'store token': {
    summary: 'make an access token for a server (Azure API Management)',
    load: async () => (await import('./store-token.ts')).storeToken,
  },
  'store use': {
    summary: 'make a store the default',
    load: async () => (await import('./store-use.ts')).storeUse,
  },
  'store remove': {
    summary: 'forget a store; its files, or its server, stay',
    load: async () => (await import('./store-remove.ts')).storeRemove,
  },
  'store check': {
    summary: 'verify every file of the store',
    load: async () => (await import('./store-check.ts')).storeCheck,
  },
  'store reindex': {
    summary: 'rebuild the index from the files, adopt what was put there by hand',
    load: async () => (await import('./store-reindex.ts')).storeReindex,
  },
}

/** What is about certman itself. */
export const OWN_VERBS: VerbTable = {
  completion: {
    summary: 'print the completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).completion,
  },
  help: {
    summary: 'show help about a verb or a topic',
    load: async () => (await import('./help.ts')).help,
  },
  version: {
    summary: 'print the version',
    load: async () => (await import('./version.ts')).version,
  },
  __complete: {
    summary: 'print completions of a command line',
    hidden: true,
    load: async () => (await import('./complete.ts')).complete,
  },
}
