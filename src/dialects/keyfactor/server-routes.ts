import * as authorities from './server-authorities.ts'
import * as collections from './server-collections.ts'
import { listAsCsv } from './server-csv.ts'
import * as generation from './server-csr-generation.ts'
import * as deletion from './server-delete.ts'
import * as deployment from './server-deploy.ts'
import type { ApiRoute } from './server-desk.ts'
import * as details from './server-details.ts'
import { download } from './server-download.ts'
import { enrollCsr, enrollPfx } from './server-enroll.ts'
import { history } from './server-history.ts'
import * as instances from './server-instances.ts'
import { importCertificate } from './server-import.ts'
import { holdsOutside, holdsUnasked, listCertificates, queryParsers } from './server-list.ts'
import * as metadata from './server-metadata.ts'
import { recover } from './server-recover.ts'
import * as renewal from './server-renew.ts'
import { EMPTY_ROUTES } from './server-refusals.ts'
import { revoke, revokeQuery } from './server-revoke.ts'
import { healthCheck } from './server-status.ts'
import * as stores from './server-stores.ts'
import * as templates from './server-templates.ts'
import * as workflow from './server-workflow.ts'

const certificates: readonly ApiRoute[] = [
  ['GET', '/Certificates', listCertificates, holdsUnasked],
  ['DELETE', '/Certificates', deletion.deleteCertificates],
  ['DELETE', '/Certificates/Query', deletion.deleteQuery],
  ['DELETE', '/Certificates/PrivateKey', deletion.deletePrivateKeys],
  ['DELETE', '/Certificates/PrivateKey/{id}', deletion.deletePrivateKey],
  ['POST', '/Certificates/Download', download, holdsOutside],
  ['POST', '/Certificates/Recover', recover],
  ['POST', '/Certificates/Revoke', revoke],
  ['POST', '/Certificates/RevokeAll', revokeQuery],
  ['POST', '/Certificates/Import', importCertificate],
  ['PUT', '/Certificates/Metadata', metadata.putMetadata],
  ['PUT', '/Certificates/Metadata/All', metadata.putAllMetadata],
  ['GET', '/Certificates/Metadata/Compare', metadata.compareMetadata],
  ['GET', '/Certificates/Locations/{id}', details.locations],
  ['GET', '/Certificates/IdentityAudit/{id}', details.identityAudit],
  ['POST', '/Certificates/Analyze', details.analyze],
  ['GET', '/Certificates/CSV', listAsCsv],
  ['GET', '/Certificates/QueryParsers', queryParsers],
  ['GET', '/Certificates/{id}', details.getCertificate, holdsOutside],
  ['DELETE', '/Certificates/{id}', deletion.deleteCertificate],
  ['GET', '/Certificates/{id}/Validate', details.validate],
  ['GET', '/Certificates/{id}/History', history],
  ['GET', '/Certificates/{id}/Security', details.security],
]

const enrollment: readonly ApiRoute[] = [
  ['POST', '/Enrollment/CSR', enrollCsr],
  ['POST', '/Enrollment/PFX', enrollPfx],
  ['POST', '/Enrollment/CSR/Parse', details.parseCsr],
  ['GET', '/Enrollment/CSR/Context/My', authorities.enrollmentContext],
  ['GET', '/Enrollment/PFX/Context/My', authorities.enrollmentContext],
  ['POST', '/Enrollment/PFX/Deploy', deployment.deployPfx],
  ['POST', '/Enrollment/PFX/Replace', deployment.replacePfx],
  ['POST', '/Enrollment/Renew', renewal.renew],
  ['GET', '/Enrollment/AvailableRenewal/Id/{id}', renewal.availableById],
  ['GET', '/Enrollment/AvailableRenewal/Thumbprint/{thumbprint}', renewal.availableByThumbprint],
  ['GET', '/Enrollment/Settings/{id}', templates.enrollmentSettings],
  ['POST', '/CSRGeneration/Generate', generation.generateCsr],
  ['GET', '/CSRGeneration/Pending', generation.listPendingCsrs],
  ['DELETE', '/CSRGeneration/Pending', generation.deletePendingCsrs],
  ['GET', '/CSRGeneration/Pending/{id}', generation.getPendingCsr],
  ['DELETE', '/CSRGeneration/Pending/{id}', generation.deletePendingCsr],
  ['GET', '/Workflow/Certificates/Pending', workflow.listPending],
  ['GET', '/Workflow/Certificates/Denied', workflow.listDenied],
  ['POST', '/Workflow/Certificates/Approve', workflow.approve],
  ['POST', '/Workflow/Certificates/Deny', workflow.deny],
  ['GET', '/Workflow/Certificates/{id}', workflow.getRequest],
  ['GET', '/Workflow/Instances', instances.listInstances],
  ['GET', '/Workflow/Instances/My', instances.listOwnInstances],
  ['GET', '/Workflow/Instances/AssignedToMe', instances.listAssigned],
  ['GET', '/Workflow/Instances/{id}', instances.getInstance],
  ['POST', '/Workflow/Instances/{id}/Signals', instances.signal],
]

const places: readonly ApiRoute[] = [
  ['GET', '/CertificateAuthority', authorities.listAuthorities],
  ['POST', '/CertificateAuthority/PublishCRL', authorities.publishCrl],
  ['GET', '/CertificateAuthority/SourceCount', authorities.countAuthorities],
  ['GET', '/CertificateAuthority/{id}', authorities.getAuthority],
  ['GET', '/Templates', templates.listTemplates],
  ['GET', '/Templates/SubjectParts', templates.subjectParts],
  ['GET', '/Templates/{id}', templates.getTemplate],
  ['GET', '/EnrollmentPatterns', templates.listPatterns],
  ['GET', '/EnrollmentPatterns/SubjectParts', templates.subjectParts],
  ['GET', '/EnrollmentPatterns/{id}', templates.getPattern],
  ['GET', '/MetadataFields', metadata.metadataFields],
  ['GET', '/MetadataFields/{id}', metadata.metadataField],
  ['GET', '/CertificateCollections', collections.listCollections],
  ['GET', '/CertificateCollections/CollectionList', collections.listForChoice],
  ['POST', '/CertificateCollections', collections.addCollection],
  ['PUT', '/CertificateCollections', collections.editCollection],
  ['POST', '/CertificateCollections/Copy', collections.addCollection],
  ['GET', '/CertificateCollections/{id}', collections.getCollection],
  ['DELETE', '/CertificateCollections/{id}', collections.deleteCollection],
  ['GET', '/CertificateStoreContainers', stores.listContainers],
  ['GET', '/CertificateStoreContainers/{id}', stores.getContainer],
  ['GET', '/Applications', stores.listApplications],
  ['GET', '/Applications/{id}', stores.getApplication],
  ['GET', '/CertificateStores', stores.listStores],
  ['POST', '/CertificateStores/Certificates/Add', deployment.addToStores],
  ['POST', '/CertificateStores/Certificates/Remove', deployment.removeFromStores],
  ['GET', '/CertificateStores/{id}', stores.getStore],
  ['GET', '/CertificateStores/{id}/Inventory', stores.inventory],
  ['GET', '/Status/HealthCheck', healthCheck],
]

/** Every operation below the API's path that does something; `Status/Endpoints` lists them. */
export const API_ROUTES: readonly ApiRoute[] = [...certificates, ...enrollment, ...places, ...EMPTY_ROUTES]
