import type { Dialect } from '../dialect.ts'

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
    'list.serial': 'IIS tells no serial numbers: name the thumbprint or the id',
    sign: 'IIS is no authority: use another store',
    revoke: 'revoke it where it was issued',
  },
  auth: ['token'],
  settings: { store: 'only certificates of this Windows store, such as My' },
  client: async () => {
    const { iisClient } = await import('./client.ts')
    return (setup) => iisClient(iis, setup)
  },
  server: async () => (await import('./server.ts')).iisServer,
}
