import type { Dialect } from '../dialect.ts'

const missing = (half: string): never => {
  throw new TypeError(`d9tready: the ${half} is not there`)
}

/** d9tready. */
export const d9tready: Dialect = {
  name: 'd9tready',
  title: 'd9tready',
  can: {
    list: ['certificate', 'key'],
    import: true,
    exportCertificate: true,
    exportKey: true,
    exportRequest: true,
    edit: false,
    delete: true,
    request: true,
    sign: false,
    reject: false,
    revoke: false,
    attach: false,
    renew: false,
    trash: false,
    createAuthority: false,
    editAuthority: false,
    crl: false,
    profiles: false,
  },
  limits: {
    sign: 'd9tready is no authority: take the request elsewhere and import the answer',
    revoke: 'revoke it where it was issued, then delete it here',
    trash: 'what was deleted is gone: import it again',
    edit: 'names cannot be changed',
  },
  auth: ['basic'],
  settings: { key: 'id of the private key under which certificates are put' },
  client: async () => missing('client'),
  server: async () => missing('server'),
}
