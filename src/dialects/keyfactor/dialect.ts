import type { Dialect } from '../dialect.ts'

const missing = (half: string): never => {
  throw new TypeError(`Keyfactor Command: the ${half} is not there`)
}

/** Keyfactor Command. */
export const keyfactor: Dialect = {
  name: 'keyfactor',
  title: 'Keyfactor Command',
  can: {
    list: ['certificate', 'request', 'authority', 'collection'],
    import: true,
    exportCertificate: true,
    exportKey: true,
    exportRequest: false,
    edit: true,
    delete: true,
    request: true,
    sign: true,
    reject: true,
    revoke: true,
    attach: false,
    renew: false,
    trash: false,
    createAuthority: false,
    editAuthority: false,
    crl: false,
    profiles: false,
  },
  limits: {
    exportRequest: 'Keyfactor keeps no bytes of pending requests',
    trash: 'a deleted certificate is gone: import it again',
    createAuthority: 'authorities are set up in the Keyfactor portal',
    crl: 'fetch the CRL from where the authority publishes it',
    profiles: 'templates are kept in the Keyfactor portal',
  },
  auth: ['basic', 'bearer', 'client-credentials'],
  settings: {
    collection: 'number of the collection to work in',
    template: 'certificate template for new requests',
  },
  client: async () => missing('client'),
  server: async () => (await import('./server.ts')).keyfactorServer,
}
