import { NO_ABILITIES, type Dialect } from '../dialect.ts'

/** IIS Administration. */
export const iis: Dialect = {
  name: 'iis',
  title: 'IIS Administration',
  can: { ...NO_ABILITIES, list: ['certificate'] },
  limits: {
    import: 'import it on the host (certlm.msc or certutil -importpfx); the API only reads',
    exportCertificate:
      'the API gives no certificate bytes: certman show has all that it says; export it on the host with certutil',
    exportKey: 'private keys never leave the host through the API: export it there, when it is exportable',
    delete: 'delete it on the host (certlm.msc or certutil -delstore)',
    edit: 'friendly names are changed on the host (certlm.msc)',
    request: 'make the request with certman in another store, or on the host with certreq',
    'list.request': 'IIS keeps no requests',
    'list.key': 'the API says only which certificates have a key: certman list --has-key',
    'list.authority': 'IIS is no authority: use another store',
    'list.collection': 'filter the list instead: certman list --filter',
    'list.serial': 'IIS tells no serial numbers: name the thumbprint, the friendly name or the id',
    'edit.collection': 'filter the list instead: certman list --filter',
    trash: 'what is deleted on the host is gone',
    sign: 'IIS is no authority: use another store',
    reject: 'IIS keeps no requests',
    attach: 'IIS keeps no requests: complete them on the host with certreq -accept',
    revoke: 'revoke it where it was issued',
    renew: 'renew it in the store that issued it, then import it on the host',
    createAuthority: 'IIS is no authority: use another store',
    editAuthority: 'IIS is no authority: use another store',
    crl: 'fetch the CRL from where the authority publishes it',
    profiles: 'IIS is no authority: use another store',
  },
  auth: ['token'],
  settings: { store: 'only certificates of this Windows store, such as My' },
  switches: { cors: 'origins', 'expose-ranges': ['true', 'false'], 'host-name': 'text' },
  client: async () => (await import('./client.ts')).iisClient,
  server: async () => (await import('./server.ts')).iisServer,
}
