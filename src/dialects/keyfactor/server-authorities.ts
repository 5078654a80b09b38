import type { Json, JsonObject } from '../../base/json.ts'
import { EVERYTHING } from '../../domain/filter.ts'
import type { Answer } from '../../http/exchange.ts'
import type { ListedRecord } from '../../store/store.ts'
import { notFound } from './errors.ts'
import { done, ok } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { listOthers } from './server-list.ts'
import { objectBody, pathNumber, requiredText } from './server-request.ts'
import { authoritiesIn, findRecord } from './server-scope.ts'
import { hostOf } from './server-show.ts'
import { ENROLLMENT, templateBodies } from './server-templates.ts'

/** `GET /CertificateAuthority` */
export const listAuthorities = (desk: Desk): Promise<Answer> =>
  listOthers(desk, {
    kind: 'authority',
    sortFields: { id: 'id', logicalname: 'name', name: 'name' },
    body: async ({ row, number }) => authorityBody(row, number, hostOf(desk)),
  })

/** `GET /CertificateAuthority/SourceCount`: how many authorities there are. */
export async function countAuthorities({ access }: Desk): Promise<Answer> {
  const counted = access.stores.filter(({ store }) => store.can.list.includes('authority'))
  const counts = await Promise.all(counted.map(({ store }) => store.count('authority', EVERYTHING)))
  return ok(counts.reduce((sum, count) => sum + count, 0))
}

/** `GET /CertificateAuthority/{id}` */
export async function getAuthority(desk: Desk): Promise<Answer> {
  const found = await findRecord(desk, 'authority', pathNumber(desk.call))
  if (found) return ok(authorityBody(found.row, found.number, hostOf(desk)))
  throw notFound('The certificate authority was not found.')
}

function authorityBody(row: ListedRecord, number: number, host: string): JsonObject {
  const enabled = row['enabled'] !== false
  return {
    Id: number,
    LogicalName: row['name'] ?? row.id,
    HostName: host,
    Delegate: false,
    UseCAConnector: false,
    ConnectorPool: '',
    DelegateEnrollment: false,
    ForestRoot: '',
    ConfigurationTenant: '',
    Remote: false,
    Agent: null,
    AgentName: null,
    AgentUsername: null,
    Standalone: true,
    MonitorThresholds: false,
    IssuanceMax: null,
    IssuanceMin: null,
    DenialMax: 0,
    FailureMax: 0,
    RFCEnforcement: false,
    Properties: '{}',
    AllowedEnrollmentTypes: enabled ? ENROLLMENT : 0,
    ...constantMembers(),
    UseForEnrollment: enabled,
  }
}

/** Members that say how the vendor's own service talks to an authority: nothing of that exists here. */
const constantMembers = (): JsonObject => ({
  KeyRetention: 1,
  KeyRetentionDays: 0,
  ExplicitCredentials: false,
  SubscriberTerms: false,
  ExplicitUser: null,
  ExplicitPassword: null,
  UseAllowedRequesters: false,
  AllowedRequesters: [],
  FullScan: null,
  IncrementalScan: null,
  ThresholdCheck: null,
  CAType: 0,
  AuthCertificate: null,
  EnforceUniqueDN: false,
  AllowOneClickRenewals: false,
  NewEndEntityOnRenewAndReissue: false,
  LastScan: null,
})

/** `POST /CertificateAuthority/PublishCRL` */
export async function publishCrl(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const name = requiredText(body, 'CertificateAuthorityLogicalName').toLowerCase()
  for (const served of desk.access.stores)
    for await (const authority of authoritiesIn(served)) {
      if (authority.name.toLowerCase() !== name) continue
      await served.store.crl(authority.id, { renew: true })
      return done()
    }
  throw notFound('The certificate authority was not found.')
}

/** `GET /Enrollment/CSR/Context/My` and `/PFX/Context/My`: what the caller may enroll with. */
export async function enrollmentContext(desk: Desk): Promise<Answer> {
  const names: Json[] = []
  for (const served of desk.access.stores.filter(({ claims }) => claims.includes('read')))
    for await (const { name, isEnabled } of authoritiesIn(served))
      if (isEnabled)
        names.push({ Name: `${hostOf(desk)}\\${name}`, RFCEnforcement: false, SubscriberTerms: false })
  const all = await templateBodies(desk)
  const shown = all.map((template) => ({
    Id: template['Id'],
    Name: template['CommonName'],
    DisplayName: template['DisplayName'],
    Forest: '',
    KeySize: template['KeySize'],
    KeyType: template['KeyType'],
    RequiresApproval: false,
    RFCEnforcement: false,
    CAs: names,
    EnrollmentFields: [],
    MetadataFields: [],
    Regexes: [],
    ExtendedKeyUsages: [],
    Curve: null,
  }))
  return ok({ Templates: shown, StandaloneCAs: names })
}
