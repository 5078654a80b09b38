import { NO_ABILITIES, type Dialect } from '../dialect.ts'

/** d9tready. */
export const d9tready: Dialect = {
  name: 'd9tready',
  title: 'd9tready',
  can: {
    ...NO_ABILITIES,
    list: ['certificate', 'request', 'key'],
    import: true,
    exportCertificate: true,
    exportKey: true,
    exportRequest: true,
    delete: true,
    request: true,
    attach: true,
  },
  limits: {
    edit: 'names cannot be changed: import the certificate again under another name',
    sign: 'd9tready is no authority: take the request elsewhere, then certman import --request N FILE',
    reject: 'delete it instead: certman delete requests/N',
    revoke: 'revoke it where it was issued, then delete it here',
    renew: 'take the request to the authority again, then certman import --replace --name NAME FILE',
    trash: 'what was deleted is gone: import it again',
    createAuthority: 'd9tready is no authority: use another store',
    editAuthority: 'd9tready is no authority: use another store',
    crl: 'fetch the CRL from where the authority publishes it',
    profiles: 'd9tready is no authority: use another store',
    'list.authority': 'd9tready is no authority: use another store',
    'list.collection': 'give the filter itself: certman list --filter',
    'edit.collection': 'give the filter itself: certman list --filter',
  },
  auth: ['basic'],
  settings: { key: 'id of the private key for certificates whose key cannot be found' },
  switches: {
    'private-keys': ['yes', 'no'],
    strict: ['yes', 'no'],
    days: 'days',
    'key-type': 'key-type',
    store: 'store',
  },
  client: async () => (await import('./client.ts')).d9treadyClient,
  server: async () => (await import('./server.ts')).d9treadyServer,
}
