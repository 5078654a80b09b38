import type { VerbTable } from './verbs.ts'

/** The verbs of a certification authority: the part of the table that requests, certificates and CRLs go through. */
export const AUTHORITY_VERBS: VerbTable = {
  request: {
    summary: 'make a key and a request, or take a request in',
    load: async () => (await import('./request.ts')).request,
  },
  sign: {
    summary: 'issue the certificate that a request asks for',
    load: async () => (await import('./sign.ts')).sign,
  },
  reject: {
    summary: 'say no to requests',
    load: async () => (await import('./reject.ts')).reject,
  },
  revoke: {
    summary: 'revoke certificates; the CRL follows at once',
    load: async () => (await import('./revoke.ts')).revoke,
  },
  hold: {
    summary: 'revoke for the time being: release ends it',
    load: async () => (await import('./hold.ts')).hold,
  },
  release: {
    summary: 'end a hold',
    load: async () => (await import('./release.ts')).release,
  },
  renew: {
    summary: 'issue a certificate anew under the same name',
    load: async () => (await import('./renew.ts')).renew,
  },
  'ca create': {
    summary: 'make an authority: a root, or one under another',
    load: async () => (await import('./ca-create.ts')).caCreate,
  },
  'ca import': {
    summary: 'take an existing authority in, with all that it issued',
    load: async () => (await import('./ca-import.ts')).caImport,
  },
  'ca list': {
    summary: 'list the authorities',
    load: async () => (await import('./ca-list.ts')).caList,
  },
  'ca show': {
    summary: 'show an authority: its certificate, key, CRL and settings',
    load: async () => (await import('./ca-show.ts')).caShow,
  },
  'ca edit': {
    summary: "change an authority's name, URLs, default profile, CRL times",
    load: async () => (await import('./ca-edit.ts')).caEdit,
  },
  'ca enable': {
    summary: 'let an authority sign',
    load: async () => (await import('./ca-enable.ts')).caEnable,
  },
  'ca disable': {
    summary: 'let an authority sign no more; its CRL goes on',
    load: async () => (await import('./ca-disable.ts')).caDisable,
  },
  'ca renew': {
    summary: 'give an authority a new certificate with the same name and key',
    load: async () => (await import('./ca-renew.ts')).caRenew,
  },
  'ca export': {
    summary: "write an authority's certificate to a file",
    load: async () => (await import('./ca-export.ts')).caExport,
  },
  'ca crl': {
    summary: 'print the CRL, signed anew when it is due',
    load: async () => (await import('./ca-crl.ts')).caCrl,
  },
  'ca csr': {
    summary: 'make the request for a parent that is elsewhere',
    load: async () => (await import('./ca-csr.ts')).caCsr,
  },
  'ca install': {
    summary: "take the parent's answer to ca csr",
    load: async () => (await import('./ca-install.ts')).caInstall,
  },
  'ca profile list': {
    summary: 'list the profiles: built in, and of the store',
    load: async () => (await import('./ca-profile-list.ts')).caProfileList,
  },
  'ca profile show': {
    summary: 'show a profile, as JSON to start another one from',
    load: async () => (await import('./ca-profile-show.ts')).caProfileShow,
  },
  'ca profile add': {
    summary: 'add a profile to the store',
    load: async () => (await import('./ca-profile-add.ts')).caProfileAdd,
  },
  'ca profile remove': {
    summary: 'remove a profile of the store',
    load: async () => (await import('./ca-profile-remove.ts')).caProfileRemove,
  },
}
