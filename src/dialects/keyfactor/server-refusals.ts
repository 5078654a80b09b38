import { invalid } from './errors.ts'
import { counted } from './server-answer.ts'
import type { ApiRoute, Handler } from './server-desk.ts'

const refuse =
  (message: string): Handler =>
  async () => {
    throw invalid(message)
  }

const excluding = refuse(
  'This server cannot keep a certificate from being imported again: delete it instead.',
)
const owners = refuse('Certificates have no owner role here: who may do what is set with certman serve user.')
const rules = refuse('This server has no risk rules: GET /Certificates/{id}/Validate checks the chain.')
const authorities = refuse('Certificate authorities are managed with certman ca, not over this API.')
const stores = refuse('Certificate stores are chosen where the server is started, not over this API.')
const instances = refuse(
  'A workflow instance ends with its request: approve it, deny it, or delete the request.',
)
const permissions = refuse('Who may use a collection is set with certman serve user, not over this API.')

/** None, whoever asks. */
const nothing: Handler = async () => counted([])

/** Listings of what there cannot be. */
export const EMPTY_ROUTES: readonly ApiRoute[] = [
  ['GET', '/Certificates/ExcludedCertificates', nothing],
  ['GET', '/CertificateAuthority/AvailableForests', nothing],
  ['GET', '/Workflow/Certificates/ExternalValidation', nothing],
  ['GET', '/Workflow/Definitions', nothing],
]

/** What no store can do; each says what to do instead. */
export const REFUSED_ROUTES: readonly ApiRoute[] = [
  ['*', '/Certificates/Exclude', excluding],
  ['*', '/Certificates/Exclude/{rest*}', excluding],
  ['PUT', '/Certificates/Owner', owners],
  ['PUT', '/Certificates/{id}/Owner', owners],
  ['*', '/Certificates/{id}/Validation', rules],
  ['*', '/Certificates/{id}/Validation/{rest*}', rules],
  ['POST', '/CertificateAuthority', authorities],
  ['PUT', '/CertificateAuthority', authorities],
  ['POST', '/CertificateAuthority/Test', authorities],
  ['DELETE', '/CertificateAuthority/{id}', authorities],
  ['POST', '/CertificateStores', stores],
  ['PUT', '/CertificateStores', stores],
  ['PUT', '/CertificateStores/Password', stores],
  ['POST', '/CertificateStores/Approve', stores],
  ['POST', '/CertificateStores/Schedule', stores],
  ['POST', '/CertificateStores/Reenrollment', stores],
  ['DELETE', '/CertificateStores/{id}', stores],
  ['POST', '/CertificateCollections/{id}/Permissions', permissions],
  ['POST', '/Workflow/Instances/{id}/Stop', instances],
  ['POST', '/Workflow/Instances/{id}/Restart', instances],
  ['DELETE', '/Workflow/Instances/{id}', instances],
]
