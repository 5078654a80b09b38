import { NO_ABILITIES, type Dialect } from '../dialect.ts'

/** Azure API Management. */
export const azureApim: Dialect = {
  name: 'azure-apim',
  title: 'Azure API Management',
  can: {
    ...NO_ABILITIES,
    list: ['certificate'],
    import: true,
    delete: true,
  },
  limits: {
    exportCertificate: 'the API gives no certificate bytes: keep the PFX that was uploaded',
    exportKey: 'the API gives no private key: keep the PFX that was uploaded',
    'list.serial': 'the API tells no serial numbers: name the id or the thumbprint',
    edit: 'replace the certificate instead: certman import --replace',
    request: 'make the request in another store, then import the PFX',
    sign: 'API Management is no authority: use another store',
    revoke: 'revoke it where it was issued, then delete it here',
    trash: 'a deleted certificate is gone: import it again',
  },
  auth: ['sas', 'bearer'],
  settings: {
    'api-version': 'version of the API that is asked for',
    subscription: 'subscription id; with it, the form of Azure Resource Manager is spoken',
    'resource-group': 'resource group of the service',
    service: 'name of the API Management service',
    workspace: 'workspace of the service',
    'pfx-target': 'how the PFX is protected that is uploaded (default: modern; older services: windows-2016)',
  },
  switches: { store: 'store', 'bare-dates': ['true', 'false'] },
  client: async () => (await import('./client.ts')).azureApimClient,
  server: async () => (await import('./server.ts')).azureApimServer,
}
