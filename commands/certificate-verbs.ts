import type { VerbTable } from './verbs.ts'

/** Certificates and other records of a store, and their collections: what is done most. */
export const CERTIFICATE_VERBS: VerbTable = {
  list: {
    summary: 'list certificates, requests, keys, authorities',
    load: async () => (await import('./list.ts')).list,
  },
  show: {
    summary: 'show everything about a record, a file or a TLS port',
    load: async () => (await import('./show.ts')).show,
  },
  verify: {
    summary: 'say whether certificates are to be trusted, and why not',
    load: async () => (await import('./verify.ts')).verifyVerb,
  },
  import: {
    summary: 'take files into the store',
    load: async () => (await import('./import.ts')).importVerb,
  },
  export: {
    summary: 'write certificates and keys to files',
    load: async () => (await import('./export.ts')).exportVerb,
  },
  edit: {
    summary: 'change names, tags and the exportable mark',
    load: async () => (await import('./edit.ts')).edit,
  },
  password: {
    summary: 'put a private key under another password, or under none',
    load: async () => (await import('./password.ts')).password,
  },
  delete: {
    summary: 'move records to the trash',
    load: async () => (await import('./delete.ts')).deleteVerb,
  },
  restore: {
    summary: 'bring records back from the trash',
    load: async () => (await import('./restore.ts')).restore,
  },
  'trash list': {
    summary: 'list what lies in the trash',
    load: async () => (await import('./trash-list.ts')).trashList,
  },
  'trash empty': {
    summary: 'destroy what lies in the trash',
    load: async () => (await import('./trash-empty.ts')).trashEmpty,
  },
  'collection add': {
    summary: 'keep a filter over certificates under a name',
    load: async () => (await import('./collection-add.ts')).collectionAdd,
  },
  'collection edit': {
    summary: 'change name, filter or description of a collection',
    load: async () => (await import('./collection-edit.ts')).collectionEdit,
  },
}
