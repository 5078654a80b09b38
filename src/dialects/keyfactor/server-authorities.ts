import type { Json, JsonObject } from '../../base/json.ts'
import { EVERYTHING } from '../../domain/filter.ts'
import type { Answer } from '../../http/exchange.ts'
import type { ListedProfile } from '../../store/authority-orders.ts'
import type { ListedRecord } from '../../store/store.ts'
import type { ServedStore } from '../house.ts'
import { invalid, notFound } from './errors.ts'
import { done, ok } from './server-answer.ts'
import { requireSystemWide, type Desk } from './server-desk.ts'
import { listOthers } from './server-list.ts'
import { objectBody, pathNumber, requiredText } from './server-request.ts'
import { findRecord } from './server-scope.ts'
import { hostOf } from './server-show.ts'
import { HEADER } from './wire.ts'

/** Both ways of enrollment that this server has: bit 1 is PFX, bit 2 is CSR. */
const ENROLLMENT = 3

/** `GET /CertificateAuthority` */
export const listAuthorities = (desk: Desk): Promise<Answer> =>
  listOthers(desk, {
    kind: 'authority',
    sortFields: { id: 'id', logicalname: 'name', name: 'name' },
    body: async ({ served, row }) =>
      authorityBody(row, desk.numbers.numberOf(served, 'authority', row.id), hostOf(desk)),
  })

/** `GET /CertificateAuthority/{id}` */
export async function getAuthority(desk: Desk): Promise<Answer> {
  const number = pathNumber(desk.call)
  const found = number === undefined ? undefined : await findRecord(desk, 'authority', number)
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
  requireSystemWide(desk)
  const body = await objectBody(desk.call)
  const name = requiredText(body, 'CertificateAuthorityLogicalName').toLowerCase()
  for (const { store } of desk.access.stores) {
    if (!store.can.list.includes('authority')) continue
    for await (const row of store.list('authority', EVERYTHING)) {
      if (String(row['name'] ?? row.id).toLowerCase() !== name) continue
      await store.crl(row.id, { renew: true })
      return done()
    }
  }
  throw notFound('The certificate authority was not found.')
}

/** Making, changing and removing authorities is not done over this API. */
export const changeAuthority = async (): Promise<Answer> => {
  throw invalid('Certificate authorities are managed with certman ca, not over this API.')
}

interface Template {
  readonly served: ServedStore
  readonly listed: ListedProfile
}

/** Profiles of all stores that have some, each name once, in a stable order. */
async function templates({ access }: Desk): Promise<readonly Template[]> {
  const found = new Map<string, Template>()
  for (const served of access.stores) {
    if (!served.store.can.profiles) continue
    for (const listed of await served.store.profiles())
      if (!found.has(listed.profile.name)) found.set(listed.profile.name, { served, listed })
  }
  return [...found.values()]
}

/** `KeyRetention` is text for one of the vendor's clients and a number for the other: text, as the older one wants it. */
const templateBody = ({ listed: { profile } }: Template, index: number): JsonObject => ({
  Id: index + 1,
  CommonName: profile.name,
  TemplateName: profile.name,
  Oid: '',
  KeySize: '2048',
  KeyType: 'RSA',
  ForestRoot: '',
  ConfigurationTenant: '',
  FriendlyName: profile.name,
  KeyRetention: 'Indefinite',
  KeyRetentionDays: 0,
  KeyArchival: false,
  EnrollmentFields: [],
  AllowedEnrollmentTypes: ENROLLMENT,
  TemplateRegexes: [],
  UseAllowedRequesters: false,
  AllowedRequesters: [],
  DisplayName: profile.name,
  RequiresApproval: false,
  KeyUsage: 0,
  ExtendedKeyUsages: [],
  Curve: null,
})

/** `GET /Templates` */
export async function listTemplates(desk: Desk): Promise<Answer> {
  const all = await templates(desk)
  return ok(all.map(templateBody), { [HEADER.total]: String(all.length) })
}

/** `GET /Templates/{id}` */
export async function getTemplate(desk: Desk): Promise<Answer> {
  return ok(pick((await templates(desk)).map(templateBody), desk))
}

const patternBody = (template: JsonObject): JsonObject => ({
  Id: template['Id'],
  Name: template['CommonName'],
  Description: '',
  Template: {
    Id: template['Id'],
    TemplateName: template['TemplateName'],
    CommonName: template['CommonName'],
    ConfigurationTenant: '',
    RequiresApproval: false,
  },
  TemplateDefault: true,
  AssociatedRoles: [],
  CertificateAuthorities: [],
  AllowedEnrollmentTypes: ENROLLMENT,
  Policies: null,
})

/** `GET /EnrollmentPatterns` */
export async function listPatterns(desk: Desk): Promise<Answer> {
  const all = (await templates(desk)).map(templateBody).map(patternBody)
  return ok(all, { [HEADER.total]: String(all.length) })
}

/** `GET /EnrollmentPatterns/{id}` */
export async function getPattern(desk: Desk): Promise<Answer> {
  return ok(patternBody(pick((await templates(desk)).map(templateBody), desk)))
}

function pick(all: readonly JsonObject[], { call }: Desk): JsonObject {
  const found = all.find((each) => String(each['Id']) === call.params['id'])
  if (found) return found
  throw notFound('The template was not found.')
}

/** `GET /Enrollment/CSR/Context/My` and `/PFX/Context/My`: what the caller may enroll with. */
export async function enrollmentContext(desk: Desk): Promise<Answer> {
  const names: Json[] = []
  for (const { store } of desk.access.stores) {
    if (!store.can.list.includes('authority')) continue
    for await (const row of store.list('authority', EVERYTHING))
      if (row['enabled'] !== false)
        names.push({
          Name: `${hostOf(desk)}\\${String(row['name'] ?? row.id)}`,
          RFCEnforcement: false,
          SubscriberTerms: false,
        })
  }
  const all = (await templates(desk)).map(templateBody)
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
