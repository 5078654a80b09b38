import { row, type VerbTable } from './verb-table.ts'

/** The server and its users. */
export const SERVE_VERBS: VerbTable = {
  serve: row("offer stores over HTTPS in five vendors' dialects", () => import('./serve.ts')),
  'serve user add': row('let somebody use the server', () => import('./serve-user-add.ts')),
  'serve user list': row('list who may use the server', () => import('./serve-user-list.ts')),
  'serve user show': row(
    'show a user: role, claims, stores, keys; never a secret',
    () => import('./serve-user-show.ts'),
  ),
  'serve user edit': row(
    "change a user's role, password, stores, collections or claims",
    () => import('./serve-user-edit.ts'),
  ),
  'serve user remove': row('take a user away, with all credentials', () => import('./serve-user-remove.ts')),
  'serve user key add': row(
    'make another API key for a user and print it',
    () => import('./serve-user-key-add.ts'),
  ),
  'serve user key list': row(
    'list the API keys of a user; the keys themselves are not kept',
    () => import('./serve-user-key-list.ts'),
  ),
  'serve user key remove': row('take an API key away', () => import('./serve-user-key-remove.ts')),
}
