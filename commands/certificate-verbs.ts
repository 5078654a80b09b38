import type { VerbTable } from './verbs.ts'

/** Certificates and other records of a store: what is done most. */
export const CERTIFICATE_VERBS: VerbTable = {
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
}
