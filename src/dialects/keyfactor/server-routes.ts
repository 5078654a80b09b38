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

/** The controllers of certificates and enrollment speak two versions. */
const TWO = '1.0, 2'

const certificates: readonly ApiRoute[] = [
  ['GET', '/Certificates', listCertificates, TWO, holdsUnasked],
  ['DELETE', '/Certificates', deletion.deleteCertificates, TWO],
  ['DELETE', '/Certificates/Query', deletion.deleteQuery, TWO],
  ['DELETE', '/Certificates/PrivateKey', deletion.deletePrivateKeys, TWO],
  ['DELETE', '/Certificates/PrivateKey/{id}', deletion.deletePrivateKey, TWO],
  ['POST', '/Certificates/Download', download, TWO, holdsOutside],
  ['POST', '/Certificates/Recover', recover, TWO],
  ['POST', '/Certificates/Revoke', revoke, TWO],
  ['POST', '/Certificates/RevokeAll', revokeQuery, TWO],
  ['POST', '/Certificates/Import', importCertificate, TWO],
  ['PUT', '/Certificates/Metadata', metadata.putMetadata, TWO],
  ['PUT', '/Certificates/Metadata/All', metadata.putAllMetadata, TWO],
  ['GET', '/Certificates/Metadata/Compare', metadata.compareMetadata, TWO],
  ['GET', '/Certificates/Locations/{id}', details.locations, TWO],
  ['GET', '/Certificates/IdentityAudit/{id}', details.identityAudit, TWO],
  ['POST', '/Certificates/Analyze', details.analyze, TWO],
  ['GET', '/Certificates/CSV', listAsCsv, TWO],
  ['GET', '/Certificates/QueryParsers', queryParsers, TWO],
  ['GET', '/Certificates/{id}', details.getCertificate, TWO, holdsOutside],
  ['DELETE', '/Certificates/{id}', deletion.deleteCertificate, TWO],
  ['GET', '/Certificates/{id}/Validate', details.validate, TWO],
  ['GET', '/Certificates/{id}/History', history, TWO],
  ['GET', '/Certificates/{id}/Security', details.security, TWO],
]

const enrollment: readonly ApiRoute[] = [
  ['POST', '/Enrollment/CSR', enrollCsr, TWO],
  ['POST', '/Enrollment/PFX', enrollPfx, TWO],
  ['POST', '/Enrollment/CSR/Parse', details.parseCsr, TWO],
  ['GET', '/Enrollment/CSR/Context/My', authorities.enrollmentContext, TWO],
  ['GET', '/Enrollment/PFX/Context/My', authorities.enrollmentContext, TWO],
  ['POST', '/Enrollment/PFX/Deploy', deployment.deployPfx, TWO],
  ['POST', '/Enrollment/PFX/Replace', deployment.replacePfx, TWO],
  ['POST', '/Enrollment/Renew', renewal.renew, TWO],
  ['GET', '/Enrollment/AvailableRenewal/Id/{id}', renewal.availableById, TWO],
  ['GET', '/Enrollment/AvailableRenewal/Thumbprint/{thumbprint}', renewal.availableByThumbprint, TWO],
  ['GET', '/Enrollment/Settings/{id}', templates.enrollmentSettings, TWO],
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
