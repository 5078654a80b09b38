import type { JsonObject } from '../../base/json.ts'
import type { Profile } from '../../domain/profile.ts'
import { oidOfName } from '../../asn1/oids.ts'
import type { Answer } from '../../http/exchange.ts'
import type { ListedProfile } from '../../store/authority-orders.ts'
import type { ServedStore } from '../house.ts'
import { invalid, notFound } from './errors.ts'
import { ok, counted } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { isGenerated, shown } from './server-request.ts'

/** Both ways of enrollment that this server has: bit 1 is PFX, bit 2 is CSR. */
export const ENROLLMENT = 3

interface Template {
  readonly served: ServedStore
  readonly listed: ListedProfile
}

/** Profiles of all stores that have some, each name once, in a stable order: the place in it is a template's number. */
async function templates({ access }: Pick<Desk, 'access'>): Promise<readonly Template[]> {
  const found = new Map<string, Template>()
  for (const served of access.stores) {
    if (!served.store.can.profiles) continue
    for (const listed of await served.store.profiles())
      if (!found.has(listed.profile.name)) found.set(listed.profile.name, { served, listed })
  }
  return [...found.values()]
}

/** How long keys are kept, as `KeyRetention` counts. */
const INDEFINITE = 1

/** Templates as the caller reads them. */
export const templateBodies = async (desk: Pick<Desk, 'access' | 'call'>): Promise<readonly JsonObject[]> => {
  const all = await templates(desk)
  return all.map((template, index) => ({
    ...templateBody(template, index),
    KeyRetention: isGenerated(desk.call) ? INDEFINITE : 'Indefinite',
  }))
}

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
  KeyRetention: null,
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
export const listTemplates = async (desk: Desk): Promise<Answer> => counted(await templateBodies(desk))

/** `GET /Templates/{id}` */
export const getTemplate = async (desk: Desk): Promise<Answer> => ok(pick(await templateBodies(desk), desk))

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
export const listPatterns = async (desk: Desk): Promise<Answer> =>
  counted((await templateBodies(desk)).map(patternBody))

/** `GET /EnrollmentPatterns/{id}` */
export const getPattern = async (desk: Desk): Promise<Answer> =>
  ok(patternBody(pick(await templateBodies(desk), desk)))

function pick(all: readonly JsonObject[], { call }: Desk): JsonObject {
  const found = all.find((each) => String(each['Id']) === call.params['id'])
  if (found) return found
  throw notFound('The template was not found.')
}

/** Numbers of templates by their names; none for a caller who may not read. */
export async function templateNumbers(desk: Pick<Desk, 'access'>): Promise<ReadonlyMap<string, number>> {
  const mayRead = desk.access.stores.every(({ claims }) => claims.includes('read'))
  const all = mayRead ? await templates(desk) : []
  return new Map(all.map(({ listed }, index) => [listed.profile.name, index + 1]))
}

/** The name of the template, or enrollment pattern, of a number: both are the profiles. @throws {WireFault} 400 */
export async function templateName(desk: Desk, id: number): Promise<string> {
  const found = (await templates(desk))[id - 1]
  if (found) return found.listed.profile.name
  throw invalid(`The enrollment pattern ${shown(String(id))} was not found.`)
}

/** `GET /Enrollment/Settings/{id}`: what an enrollment with a template has to keep to. */
export async function enrollmentSettings(desk: Desk): Promise<Answer> {
  const found = (await templates(desk)).find((_each, index) => String(index + 1) === desk.call.params['id'])
  if (!found) throw notFound('The template was not found.')
  const { profile } = found.listed
  return ok({
    TemplateRegexes: profile.names.subjectRequired.map((part) => ({
      SubjectPart: part,
      Regex: '.+',
      Error: `The subject must have ${part}.`,
      CaseSensitive: false,
    })),
    TemplateDefaults: [],
    TemplatePolicy: policyOf(profile),
  })
}

/** Sizes of RSA keys that are offered; a profile says only the least. */
const RSA_SIZES = [1024, 2048, 3072, 4096, 6144, 8192]

function policyOf({ keys, names }: Profile): JsonObject {
  const has = (type: Profile['keys']['types'][number]): boolean => keys.types.includes(type)
  return {
    RSAValidKeySizes: has('rsa') ? RSA_SIZES.filter((size) => size >= keys.minimumRsaBits) : [],
    ECCValidCurves: has('ec') ? keys.curves.map((curve) => oidOfName('curve', curve) ?? curve) : [],
    ED448: has('ed448'),
    ED25519: has('ed25519'),
    AllowKeyReuse: true,
    AllowWildcards: names.wildcards,
    RFCEnforcement: names.required,
  }
}

const SUBJECT_PARTS = [
  ['CN', 'Common Name'],
  ['O', 'Organization'],
  ['OU', 'Organizational Unit'],
  ['L', 'City/Locality'],
  ['ST', 'State/Province'],
  ['C', 'Country/Region'],
  ['E', 'Email'],
] as const

/** `GET /Templates/SubjectParts` and `/EnrollmentPatterns/SubjectParts`: what a subject may be made of. */
export const subjectParts = async (): Promise<Answer> =>
  ok(SUBJECT_PARTS.map(([part, name]) => ({ SubjectPart: part, SubjectPartName: name })))
