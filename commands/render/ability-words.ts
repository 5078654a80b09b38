import type { Abilities } from '../../src/store/store.ts'

/** Abilities as people call them; the others are verbs already, and `edit.kind` is `edit (kind)`. */
const WORDS: Readonly<Record<string, string>> = {
  revokeSerials: 'revoke serials',
  'createAuthority.import': 'ca import',
  'createAuthority.dry': 'ca create --dry-run',
  'editAuthority.renew': 'ca renew',
  'editAuthority.settings': 'ca edit',
  'crl.renew': 'ca crl --renew',
  'edit.exportable': 'edit --not-exportable',
  'delete.request': 'delete requests',
  'delete.authority': 'delete authorities',
  'revoke.request': 'revoke requests',
  'list.profile': 'ca profile list',
  'edit.kind': 'edit other kinds',
  'edit.collection': 'collection edit',
  'delete.authorityCertificate': 'delete the certificate of an authority',
  'createAuthority.csr': 'ca csr',
  'createAuthority.install': 'ca install',
  exportCertificate: 'export certificates',
  exportKey: 'export keys',
  exportRequest: 'export requests',
  createAuthority: 'ca create',
  editAuthority: 'ca edit',
  crl: 'ca crl',
  profiles: 'ca profile',
  trash: 'restore',
  'list.certificate': 'list certificates',
  'list.request': 'list requests',
  'list.key': 'list keys',
  'list.authority': 'ca list',
  'list.collection': 'list collections',
  'list.serial': 'find serial:…',
}

/** An ability, or a key of a vendor's limits, as people call it. */
export const wordOf = (key: string): string => WORDS[key] ?? key.replace(/\.(.*)$/, ' ($1)')

/** What a store can do, as verbs; who chooses the authority is none. */
export const verbsOf = (can: Abilities): readonly string[] =>
  Object.entries(can).flatMap(([verb, value]) =>
    value === true && verb !== 'authorityIsFixed' ? [wordOf(verb)] : [],
  )
