import { isCertmanError } from '../../base/errors.ts'
import { toBase64 } from '../../base/bytes.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import { Secret } from '../../base/secret.ts'
import { readItems } from '../../formats/read-items.ts'
import type { Answer } from '../../http/exchange.ts'
import type { NewRequest, Signing, SigningOrder } from '../../store/authority-orders.ts'
import type { StoredCertificate } from '../../store/store.ts'
import { describeCsr } from '../../x509/csr.ts'
import type { ServedStore } from '../house.ts'
import { invalid } from './errors.ts'
import { certificateFileName } from './names.ts'
import { editOf, readMetadata } from './metadata.ts'
import { ok } from './server-answer.ts'
import { outgoing, pemOf, type OutgoingChain } from './server-chain.ts'
import { requireSystemWide, type Desk } from './server-desk.ts'
import { chooseIssuance, type Issuance } from './server-issuance.ts'
import { makeRequest, sansOf } from './server-key.ts'
import { pfxOf, recoveryFormat } from './server-recover.ts'
import { objectBody, optional, requiredText, shown } from './server-request.ts'
import { guidOf } from './server-show.ts'
import { wireSerial } from './map-certificate.ts'
import { HEADER, member } from './wire.ts'

/** What came of an enrollment: a certificate, or a request that waits. */
type Enrolled =
  | { readonly state: 'issued'; readonly number: number; readonly chain: OutgoingChain }
  | { readonly state: 'pending'; readonly requestNumber: number }

/** `POST /Enrollment/CSR` */
export async function enrollCsr(desk: Desk): Promise<Answer> {
  requireSystemWide(desk)
  const body = await objectBody(desk.call)
  const format = (desk.call.header(HEADER.format)?.trim() || 'PEM').toUpperCase()
  if (format !== 'PEM' && format !== 'DER')
    throw invalid(`The certificate format '${shown(format)}' is not supported here: use PEM or DER.`)
  const csr = await csrOf(requiredText(body, 'CSR'))
  const issuance = await chooseIssuance(desk, body)
  const enrolled = await enroll(desk, { body, issuance, request: { csr }, extra: sansOf(body) })
  const header = optional(body, 'IncludeSubjectHeader', 'boolean') ?? true
  const certificates =
    enrolled.state === 'issued'
      ? enrolled.chain.ordered.map((each) => (format === 'DER' ? toBase64(each.der) : pemOf(each, header)))
      : []
  const info = { ...issuedMembers(enrolled, 'KeyfactorID'), Certificates: certificates }
  return ok(
    { CertificateInformation: { ...info, ...disposition(desk, enrolled) }, Metadata: metadata(body) },
    fileHeader(enrolled, format === 'DER' ? 'cer' : 'pem'),
  )
}

/** `POST /Enrollment/PFX`: the key is made here and kept with the certificate. Version 2 speaks of stores too. */
export async function enrollPfx(desk: Desk): Promise<Answer> {
  requireSystemWide(desk)
  const body = await objectBody(desk.call)
  recoveryFormat(desk.call.header(HEADER.format))
  const subject = requiredText(body, 'Subject')
  const issuance = await chooseIssuance(desk, body)
  const given = optional(body, 'Password', 'string')
  const password = given !== undefined && given !== '' ? given : undefined
  const made = await makeRequest(subject, body)
  const enrolled = await enroll(desk, { body, issuance, request: made.request, extra: [] })
  const generated = password ?? toBase64(desk.house.ambient.random(15)).replace(/[+/=]/g, 'x')
  const isIssued = enrolled.state === 'issued'
  const blob = isIssued
    ? toBase64(pfxOf({ desk, body, chain: enrolled.chain, key: made.key, password: new Secret(generated) }))
    : null
  const info = {
    ...issuedMembers(enrolled, 'KeyfactorId'),
    Pkcs12Blob: blob,
    Password: password === undefined && isIssued ? generated : null,
    StoreIdsInvalidForRenewal: [],
    ChainFailedToBuild: isIssued && enrolled.chain.issuers.length === 0,
    ...disposition(desk, enrolled),
  }
  const isSecond = desk.call.header(HEADER.version)?.startsWith('2') === true
  const answer = {
    ...(isSecond && { SuccessfulStores: null }),
    CertificateInformation: info,
    Metadata: metadata(body),
  }
  return ok(answer, { ...fileHeader(enrolled, 'pfx'), ...(isIssued && { [HEADER.keyStatus]: 'Saved' }) })
}

interface Enrolling {
  readonly body: Json
  readonly issuance: Issuance
  readonly request: NewRequest
  /** GeneralName DER each, beside those of the request. */
  readonly extra: readonly Uint8Array[]
}

async function enroll(desk: Desk, { body, issuance, request, extra }: Enrolling): Promise<Enrolled> {
  if (member(body, 'RenewalCertificateId') === 0)
    throw invalid('The RenewalCertificateId must be a certificate, or null.')
  const { served, profile, authority } = issuance
  const described = readMetadata(member(body, 'Metadata'))
  const whole: NewRequest = {
    ...request,
    requestedBy: desk.access.user.name,
    ...(typeof described.name === 'string' && { name: described.name }),
    ...(described.tags && { tags: described.tags }),
    ...(profile !== undefined && { profile }),
  }
  if (!issuance.atOnce) {
    if (extra.length > 0) throw invalid('SANs can be added only where a certificate is issued at once.')
    const [outcome] = await served.store.submit(whole)
    return { state: 'pending', requestNumber: desk.numbers.numberOf(served, 'request', outcome!.id) }
  }
  const order = {
    ...(authority !== undefined && { authority }),
    ...(profile !== undefined && { profile }),
    ...(extra.length > 0 && { subjectAltName: extra }),
    allowChanges: true,
  }
  const signing = whole.key
    ? await submitAndSign(served, whole, order)
    : (await served.store.issue([whole], order))[0]
  const { id, row } = signing!.outcomes.find(({ kind }) => kind === 'certificate')!
  const edit = editOf({ ...row, name: whole.name ?? null }, described)
  if (edit.friendlyName)
    await served.store.edit({ kind: 'certificate', id }, { friendlyName: edit.friendlyName })
  const chain = await outgoing(
    { served, row: { ...row, id }, number: 0 },
    {
      chain: optional(body, 'IncludeChain', 'boolean') ?? true,
      order: optional(body, 'ChainOrder', 'string'),
    },
  )
  return { state: 'issued', number: desk.numbers.numberOf(served, 'certificate', id), chain }
}

/** A key goes into the store with its request; a request that cannot be signed leaves again, and its key with it. */
async function submitAndSign(
  { store }: ServedStore,
  request: NewRequest,
  order: SigningOrder,
): Promise<Signing> {
  const [outcome] = await store.submit(request)
  const target = { kind: 'request', id: outcome!.id } as const
  try {
    return await store.sign(target, order)
  } catch (error) {
    // who may not delete leaves it in the queue, where somebody else finds it
    await store.delete([target]).catch(() => undefined)
    throw error
  }
}

/** The one request in a text of PEM or base64. @throws {WireFault} 400 */
export async function csrOf(text: string): Promise<Uint8Array> {
  const bytes = text.includes('-----BEGIN')
    ? new TextEncoder().encode(text)
    : new Uint8Array(Buffer.from(text.replace(/\s+/g, ''), 'base64'))
  try {
    const { items } = await readItems(bytes, { file: 'CSR', password: async () => undefined })
    const request = items.find((item) => item.type === 'certificate-request')
    if (request?.type === 'certificate-request') {
      describeCsr(request.der)
      return request.der
    }
  } catch (error) {
    if (!isCertmanError(error)) throw error
  }
  throw invalid('The CSR is not a certificate request.')
}

const leafOf = (enrolled: Enrolled): StoredCertificate | undefined =>
  enrolled.state === 'issued' ? enrolled.chain.leaf : undefined

/** `KeyfactorID` of a CSR is `KeyfactorId` of a PFX. */
function issuedMembers(enrolled: Enrolled, idName: 'KeyfactorID' | 'KeyfactorId'): JsonObject {
  const leaf = leafOf(enrolled)
  return {
    SerialNumber: leaf ? wireSerial(leaf.facts.serialNumber) : null,
    IssuerDN: leaf?.facts.issuer ?? null,
    Thumbprint: leaf?.facts.thumbprint ?? null,
    [idName]: enrolled.state === 'issued' ? enrolled.number : 0,
  }
}

function disposition(desk: Desk, enrolled: Enrolled): JsonObject {
  const isIssued = enrolled.state === 'issued'
  const requestNumber = isIssued ? 0 : enrolled.requestNumber
  return {
    WorkflowInstanceId: guidOf(`workflow ${desk.house.product.name} ${requestNumber}`),
    WorkflowReferenceId: requestNumber,
    KeyfactorRequestId: requestNumber,
    RequestDisposition: isIssued ? 'ISSUED' : 'PENDING',
    DispositionMessage: isIssued
      ? 'The certificate was issued.'
      : 'The certificate request is pending and awaits approval.',
    EnrollmentContext: null,
  }
}

const metadata = (body: Json): JsonObject => {
  const map = member(body, 'Metadata')
  return typeof map === 'object' && map !== null && !Array.isArray(map) ? (map as JsonObject) : {}
}

function fileHeader(enrolled: Enrolled, ending: string): Record<string, string> {
  const leaf = leafOf(enrolled)
  return leaf ? { [HEADER.file]: certificateFileName(leaf.facts, ending) } : {}
}
