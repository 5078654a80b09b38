import { NO_ABILITIES, type Dialect } from '../dialect.ts'

/** Keyfactor Command. */
export const keyfactor: Dialect = {
  name: 'keyfactor',
  title: 'Keyfactor Command',
  can: {
    ...NO_ABILITIES,
    list: ['certificate', 'request', 'authority', 'collection'],
    import: true,
    exportCertificate: true,
    exportKey: true,
    edit: true,
    delete: true,
    request: true,
    sign: true,
    authorityIsFixed: true,
    reject: true,
    revoke: true,
    renew: true,
  },
  limits: {
    exportRequest: 'Keyfactor gives no bytes of pending requests: keep the CSR that you sent',
    attach: 'import the certificate instead: certman import FILE',
    trash: 'a deleted certificate is gone for good: import it again',
    createAuthority: 'authorities are set up in the Keyfactor portal',
    editAuthority: 'authorities are set up in the Keyfactor portal',
    crl: 'fetch the CRL from where the authority publishes it',
    profiles: 'templates are kept in the Keyfactor portal',
    'list.key': 'private keys belong to certificates: certman list --has-key',
    'list.profile': 'templates are kept in the Keyfactor portal',
    'edit.kind': 'only certificates have a name, a friendly name and tags, as metadata',
    'edit.exportable': 'who may recover keys is decided by permissions in the Keyfactor portal',
    'delete.request': 'deny it: certman reject REQUEST',
    'delete.authority': 'authorities are set up in the Keyfactor portal',
    'revoke.request': 'name the certificate: certman revoke REF',
  },
  auth: ['basic', 'bearer', 'client-credentials'],
  settings: {
    collection: 'number of the collection whose permissions count',
    container: 'number of the certificate store container whose permissions count',
    domain: 'Windows domain of the user',
    'certificate-authority': 'authority for new requests: LOGICAL NAME or HOST\\LOGICAL NAME',
    template: 'certificate template for new requests',
    'enrollment-pattern': 'number of the enrollment pattern for new requests',
    'name-field': 'metadata field that holds names (default: Name)',
    'friendly-name-field': 'metadata field that holds friendly names (default: FriendlyName)',
    'tags-field': 'metadata field that holds tags, separated by commas (default: Tags)',
    'token-url': 'token endpoint for client credentials',
    scope: 'scopes to ask the token endpoint for',
    audience: 'audience to ask the token endpoint for',
  },
  switches: { path: 'text', approval: ['always'], 'strict-format': ['true', 'false'] },
  client: async () => {
    const { keyfactorClient } = await import('./client.ts')
    return (setup) => keyfactorClient(keyfactor, setup)
  },
  server: async () => (await import('./server.ts')).keyfactorServer,
}
