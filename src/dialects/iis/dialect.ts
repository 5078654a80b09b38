import type { Dialect } from '../dialect.ts'

const missing = (half: string): never => {
  throw new TypeError(`IIS Administration: the ${half} is not there`)
}

/** IIS Administration. */
export const iis: Dialect = {
  name: 'iis',
  title: 'IIS Administration',
  can: {
    list: ['certificate'],
    import: false,
    exportCertificate: false,
    exportKey: false,
    exportRequest: false,
    edit: false,
    delete: false,
    request: false,
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
    import: 'import it on the host (certlm.msc or certutil -importpfx); the API only reads',
    exportCertificate:
      'the API gives no certificate bytes: certman show has all that it says; export it on the host with certutil',
    exportKey: 'private keys never leave the host through the API: export it there, when it is exportable',
    delete: 'delete it on the host (certlm.msc or certutil -delstore)',
    edit: 'friendly names are changed on the host (certlm.msc)',
    request: 'make the request with certman in another store, or on the host with certreq',
    'list.request': 'IIS keeps no requests',
    sign: 'IIS is no authority: use another store',
    revoke: 'revoke it where it was issued',
  },
  auth: ['token'],
  settings: { store: 'only certificates of this Windows store, such as My' },
  client: async () => missing('client'),
  server: async () => missing('server'),
}
