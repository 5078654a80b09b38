import type { VerbTable } from './verbs.ts'

/** The server and its users. */
export const SERVE_VERBS: VerbTable = {
  serve: {
    summary: "offer stores over HTTPS in five vendors' dialects",
    load: async () => (await import('./serve.ts')).serve,
  },
  'serve user add': {
    summary: 'let somebody use the server',
    load: async () => (await import('./serve-user-add.ts')).serveUserAdd,
  },
  'serve user list': {
    summary: 'list who may use the server',
    load: async () => (await import('./serve-user-list.ts')).serveUserList,
  },
  'serve user show': {
    summary: 'show a user: role, claims, stores, keys; never a secret',
    load: async () => (await import('./serve-user-show.ts')).serveUserShow,
  },
  'serve user edit': {
    summary: "change a user's role, password, stores, collections or claims",
    load: async () => (await import('./serve-user-edit.ts')).serveUserEdit,
  },
  'serve user remove': {
    summary: 'take a user away, with all credentials',
    load: async () => (await import('./serve-user-remove.ts')).serveUserRemove,
  },
  'serve user key add': {
    summary: 'make another API key for a user and print it',
    load: async () => (await import('./serve-user-key-add.ts')).serveUserKeyAdd,
  },
  'serve user key list': {
    summary: 'list the API keys of a user; the keys themselves are not kept',
    load: async () => (await import('./serve-user-key-list.ts')).serveUserKeyList,
  },
  'serve user key remove': {
    summary: 'take an API key away',
    load: async () => (await import('./serve-user-key-remove.ts')).serveUserKeyRemove,
  },
}
