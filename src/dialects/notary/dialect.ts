import { NO_ABILITIES, type Dialect } from '../dialect.ts'

/** Canonical Notary. */
export const notary: Dialect = {
  name: 'notary',
  title: 'Canonical Notary',
  can: {
    ...NO_ABILITIES,
    list: ['certificate', 'request', 'authority'],
    exportCertificate: true,
    exportRequest: true,
    delete: true,
    request: true,
    sign: true,
    reject: true,
    revoke: true,
    attach: true,
    createAuthority: true,
    editAuthority: true,
    crl: true,
  },
  limits: {
    import: 'Notary keeps certificates of its requests only: certman import --request ID FILE',
    exportKey: 'Notary keeps no private keys of certificates: the key stayed where the request was made',
    edit: 'Notary has no names or tags',
    renew: 'make a new request and sign it: certman request …, certman sign REQUEST',
    trash: 'a deleted request is gone: submit it again',
    profiles: 'Notary signs what the request asks for, for one year',
    release: 'Notary has no hold: a revocation is for good',
    revokeSerials: 'Notary revokes what it shows: name the certificate or its request',
    'createAuthority.import':
      'Notary makes the keys of its authorities: certman ca csr NAME, then certman ca install NAME FILE',
    'createAuthority.dry': 'leave --dry-run out: the request is made when its key is made',
    'editAuthority.renew': 'Notary makes a new authority instead: certman ca create',
    'editAuthority.settings': 'only certman ca enable and certman ca disable are known to Notary',
    'crl.renew': 'Notary signs a CRL when something is revoked',
    'delete.authorityCertificate': 'delete the authority: certman delete authorities/ID',
    'list.key': 'Notary keeps no private keys of certificates: the key stayed where the request was made',
    'list.collection': 'filter the list instead: certman list --filter …',
  },
  auth: ['login', 'bearer'],
  settings: { 'first-account': 'create: a server without accounts gets this user as its admin' },
  switches: {
    store: 'store',
    profile: 'text',
    days: 'days',
    'key-type': 'key-type',
    'login-token': ['body'],
    'first-account': ['anyone'],
    metrics: ['yes', 'no'],
  },
  client: async () => {
    const { notaryClient } = await import('./client.ts')
    return (setup) => notaryClient(notary, setup)
  },
  server: async () => (await import('./server.ts')).notaryServer,
  gauges: async () => (await import('./server-gauges.ts')).notaryGauges,
}
