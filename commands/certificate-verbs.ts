import { row, type VerbTable } from './verb-table.ts'

/** Certificates and other records of a store, and their collections: what is done most. */
export const CERTIFICATE_VERBS: VerbTable = {
  list: row('list certificates, requests, keys, authorities', () => import('./list.ts')),
  show: row('show everything about a record, a file or a TLS port', () => import('./show.ts')),
  verify: row('say whether certificates are to be trusted, and why not', () => import('./verify.ts')),
  import: row('take files into the store', () => import('./import.ts')),
  export: row('write certificates and keys to files', () => import('./export.ts')),
  edit: row('change names, tags and the exportable mark', () => import('./edit.ts')),
  password: row('put a private key under another password, or under none', () => import('./password.ts')),
  delete: row('move records to the trash', () => import('./delete.ts')),
  restore: row('bring records back from the trash', () => import('./restore.ts')),
  'trash list': row('list what lies in the trash', () => import('./trash-list.ts')),
  'trash empty': row('destroy what lies in the trash', () => import('./trash-empty.ts')),
  'collection add': row('keep a filter over certificates under a name', () => import('./collection-add.ts')),
  'collection edit': row(
    'change name, filter or description of a collection',
    () => import('./collection-edit.ts'),
  ),
}
