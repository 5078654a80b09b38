import type { Dialect } from '../dialect.ts'

const missing = (half: string): never => {
  throw new TypeError(`Canonical Notary: the ${half} is not there`)
}

/** Canonical Notary. */
export const notary: Dialect = {
  name: 'notary',
  title: 'Canonical Notary',
  can: {
    list: ['certificate', 'request', 'authority'],
    import: false,
    exportCertificate: true,
    exportKey: false,
    exportRequest: true,
    edit: false,
    delete: true,
    request: true,
    sign: true,
    reject: true,
    revoke: true,
    attach: true,
    renew: false,
    trash: false,
    createAuthority: true,
    editAuthority: true,
    crl: true,
    profiles: false,
  },
  limits: {
    import: 'Notary keeps certificates of its requests only: certman import --request ID FILE',
    exportKey: 'Notary keeps no private keys of certificates: the key stayed where the request was made',
    edit: 'Notary has no names or tags',
    trash: 'a deleted request is gone: submit it again',
    profiles: 'Notary signs what the request asks for',
  },
  auth: ['login', 'bearer'],
  settings: {},
  client: async () => missing('client'),
  server: async () => missing('server'),
}
