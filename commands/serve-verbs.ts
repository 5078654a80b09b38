import type { VerbTable } from './verbs.ts'

/** The server, its users, and collections: what is granted by name. */
export const SERVE_VERBS: VerbTable = {
  'collection add': {
    summary: 'keep a filter over certificates under a name',
    group: 'certificates',
    load: async () => (await import('./collection-add.ts')).collectionAdd,
  },
  'collection edit': {
    summary: 'change name, filter or description of a collection',
    group: 'certificates',
    load: async () => (await import('./collection-edit.ts')).collectionEdit,
  },
  serve: {
    summary: "offer stores over HTTPS in five vendors' dialects",
    group: 'stores',
    load: async () => (await import('./serve.ts')).serve,
  },
  'serve user add': {
    summary: 'let somebody use the server',
    group: 'stores',
    load: async () => (await import('./serve-user-add.ts')).serveUserAdd,
  },
  'serve user list': {
    summary: 'list who may use the server',
    group: 'stores',
    load: async () => (await import('./serve-user-list.ts')).serveUserList,
  },
  'serve user show': {
    summary: 'show a user: role, claims, stores, keys; never a secret',
    group: 'stores',
    load: async () => (await import('./serve-user-show.ts')).serveUserShow,
  },
  'serve user edit': {
    summary: "change a user's role, password, stores, collections or claims",
    group: 'stores',
    load: async () => (await import('./serve-user-edit.ts')).serveUserEdit,
  },
  'serve user remove': {
    summary: 'take a user away, with all credentials',
    group: 'stores',
    load: async () => (await import('./serve-user-remove.ts')).serveUserRemove,
  },
  'serve user key add': {
    summary: 'make another API key for a user and print it',
    group: 'stores',
    load: async () => (await import('./serve-user-key-add.ts')).serveUserKeyAdd,
  },
  'serve user key list': {
    summary: 'list the API keys of a user; the keys themselves are not kept',
    group: 'stores',
    load: async () => (await import('./serve-user-key-list.ts')).serveUserKeyList,
  },
  'serve user key remove': {
    summary: 'take an API key away',
    group: 'stores',
    load: async () => (await import('./serve-user-key-remove.ts')).serveUserKeyRemove,
  },
}
