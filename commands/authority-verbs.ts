import { row, type VerbTable } from './verb-table.ts'

/** The verbs of a certification authority: the part of the table that requests, certificates and CRLs go through. */
export const AUTHORITY_VERBS: VerbTable = {
  request: row('make a key and a request, or take a request in', () => import('./request.ts')),
  sign: row('issue the certificate that a request asks for', () => import('./sign.ts')),
  reject: row('say no to requests', () => import('./reject.ts')),
  revoke: row('revoke certificates; the CRL follows at once', () => import('./revoke.ts')),
  hold: row('revoke for the time being: release ends it', () => import('./hold.ts')),
  release: row('end a hold', () => import('./release.ts')),
  renew: row('issue a certificate anew under the same name', () => import('./renew.ts')),
  'ca create': row('make an authority: a root, or one under another', () => import('./ca-create.ts')),
  'ca import': row('take an existing authority in, with all that it issued', () => import('./ca-import.ts')),
  'ca list': row('list the authorities', () => import('./ca-list.ts')),
  'ca show': row('show an authority: its certificate, key, CRL and settings', () => import('./ca-show.ts')),
  'ca edit': row(
    "change an authority's name, URLs, default profile, CRL times",
    () => import('./ca-edit.ts'),
  ),
  'ca enable': row('let an authority sign', () => import('./ca-enable.ts')),
  'ca disable': row('let an authority sign no more; its CRL goes on', () => import('./ca-disable.ts')),
  'ca renew': row(
    'give an authority a new certificate with the same name and key',
    () => import('./ca-renew.ts'),
  ),
  'ca export': row("write an authority's certificate to a file", () => import('./ca-export.ts')),
  'ca crl': row('print the CRL, signed anew when it is due', () => import('./ca-crl.ts')),
  'ca csr': row('make the request for a parent that is elsewhere', () => import('./ca-csr.ts')),
  'ca install': row("take the parent's answer to ca csr", () => import('./ca-install.ts')),
  'ca profile list': row(
    'list the profiles: built in, and of the store',
    () => import('./ca-profile-list.ts'),
  ),
  'ca profile show': row(
    'show a profile, as JSON to start another one from',
    () => import('./ca-profile-show.ts'),
  ),
  'ca profile add': row('add a profile to the store', () => import('./ca-profile-add.ts')),
  'ca profile remove': row('remove a profile of the store', () => import('./ca-profile-remove.ts')),
}
