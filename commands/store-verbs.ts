import { row, type VerbTable } from './verb-table.ts'

/** Places where certificates lie. */
export const STORE_VERBS: VerbTable = {
  'store init': row('make a directory store', () => import('./store-init.ts')),
  'store list': row('list the configured stores', () => import('./store-list.ts')),
  'store show': row(
    'show a store: where it is, what it holds, what it permits',
    () => import('./store-show.ts'),
  ),
  'store add': row('give a store a name in the settings', () => import('./store-add.ts')),
  'store token': row(
    'make an access token for a server (Azure API Management)',
    () => import('./store-token.ts'),
  ),
  'store use': row('make a store the default', () => import('./store-use.ts')),
  'store remove': row('forget a store; its files, or its server, stay', () => import('./store-remove.ts')),
  'store check': row('verify every file of the store', () => import('./store-check.ts')),
  'store reindex': row(
    'rebuild the index from the files, adopt what was put there by hand',
    () => import('./store-reindex.ts'),
  ),
}

/** What is about certman itself. */
export const OWN_VERBS: VerbTable = {
  completion: row('print the completion script for bash, zsh or fish', () => import('./completion.ts')),
  help: row('show help about a verb or a topic', () => import('./help.ts')),
  version: row('print the version', () => import('./version.ts')),
  __complete: { ...row('print completions of a command line', () => import('./complete.ts')), hidden: true },
}
