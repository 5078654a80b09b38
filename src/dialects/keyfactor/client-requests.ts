import { CertmanError } from '../../base/errors.ts'
import { isObject, type Json, type JsonObject, defined } from '../../base/json.ts'
import { writePem } from '../../formats/pem.ts'
import type { HttpReply } from '../../http/request.ts'
import { describeCsr } from '../../x509/csr.ts'
import type { NewRequest, SigningOrder } from '../../store/authority-orders.ts'
import type { ListedRecord } from '../../store/store.ts'
import { requestRow, utcInstant } from '../certificate-row.ts'
import { refusedBy, saidBeside } from '../refusals.ts'
import { strangeAnswer } from '../reply-errors.ts'
import { metadataFor } from './client-import.ts'
import { requireCertificate } from './client-certificates.ts'
import type { Link } from './client-link.ts'
import { requestPages } from './client-lists.ts'
import { requestRowOf } from './map.ts'
import { listMember, member, numberMember, textMember, VENDOR, wireResult } from './wire.ts'

/** Requests that wait, then those that were denied. */
export async function* requestRows(link: Link): AsyncIterable<readonly ListedRecord[]> {
  yield* requestPages(link, 'Pending', (wire) => requestRowOf(wire, 'outstanding'))
  yield* requestPages(link, 'Denied', (wire) => requestRowOf(wire, 'rejected'))
}

/** State numbers of `GET /Workflow/Certificates/{id}` that are known: 5 is pending, 3 denied. */
const REJECTED = 3

/** A request by its number; undefined when there is none. */
export async function requestById(link: Link, id: string): Promise<ListedRecord | undefined> {
  const thing = `request ${JSON.stringify(id)}`
  const wire = await link.findNumber({ method: 'GET', path: '/Workflow/Certificates', id, thing })
  if (!wire) return undefined
  const state = numberMember(wire, 'State')
  const row = requestRowOf(wire, state === REJECTED ? 'rejected' : 'outstanding')
  const isDecided = state === 1 || state === 2
  return { ...row, ...(isDecided && { state: state === 1 ? 'issued' : 'revoked' }), ...namesOf(wire) }
}

function namesOf(wire: Json): JsonObject {
  const names = listMember(wire, 'SubjectAltNames').flatMap((each) => {
    const value = textMember(each, 'Value')
    // a text by the vendor's definition, a number in older documents
    const code = numberMember(each, 'Type') ?? Number(textMember(each, 'Type'))
    const type = { 1: 'email', 2: 'dns', 6: 'uri', 7: 'ip' }[code]
    return value === undefined || type === undefined ? [] : [{ type, value }]
  })
  return names.length > 0 ? { subjectAltName: names } : {}
}

/** What an enrollment ended in. */
export interface Enrolled {
  readonly request: ListedRecord
  /** Number of the certificate, when it was issued at once. */
  readonly certificateId?: string
}

/** Refuses what an enrollment cannot carry, before anything is sent. @throws {CertmanError} `der.malformed`, `store.unsupported` */
export function requireEnrollable({ csr, key }: NewRequest): void {
  describeCsr(csr)
  if (!key) return
  throw refusedBy(
    VENDOR,
    'does not keep the private key of a request',
    'write it to a file: certman request --key-out FILE …, or enrol with a request of your own: --csr FILE',
  )
}

/** `POST /Enrollment/CSR`. Never repeated: it would make a second certificate. */
export async function enroll(
  link: Link,
  request: NewRequest & { readonly friendlyName?: string },
  authority?: string,
): Promise<Enrolled> {
  const pattern = link.option('enrollment-pattern')
  const reply = await link.call({
    method: 'POST',
    path: '/Enrollment/CSR',
    format: 'PEM',
    body: {
      CSR: writePem('CERTIFICATE REQUEST', request.csr),
      CertificateAuthority: authority ?? link.option('certificate-authority'),
      Template: request.profile ?? link.option('template'),
      ...(pattern !== undefined && { EnrollmentPatternId: Number(pattern) }),
      IncludeChain: true,
      Metadata: await metadataFor(link, request),
      AdditionalEnrollmentFields: {},
      Timestamp: link.now.toISOString(),
      SANs: {},
    },
  })
  return enrolled(link, request, reply)
}

function enrolled(link: Link, request: NewRequest, reply: HttpReply): Enrolled {
  const info = member(reply.json(), 'CertificateInformation')
  if (!isObject(info)) throw strangeAnswer(VENDOR, reply, 'no result of the enrollment')
  const number = numberMember(info, 'KeyfactorID') ?? 0
  const requestNumber = numberMember(info, 'KeyfactorRequestId') ?? 0
  const disposition = (textMember(info, 'RequestDisposition') ?? '').toUpperCase()
  const isIssued = number > 0
  if (!isIssued && !/PENDING|VALIDATION|SUBMITTED/.test(disposition))
    throw new CertmanError(
      'remote.refused',
      `${VENDOR}: the enrollment ended as ${JSON.stringify(disposition)}: ${JSON.stringify(textMember(info, 'DispositionMessage') ?? '')}`,
    )
  // an authority that issues at once keeps no request: the certificate stands for it
  const id = requestNumber > 0 ? String(requestNumber) : `certificate-${number}`
  const at = utcInstant(link.now.toISOString())!
  const certificateId = String(number)
  return {
    request: requestRow(request.csr, id, {
      ...saidOf(request),
      state: isIssued ? 'issued' : 'outstanding',
      requestedAt: at,
      ...(isIssued && { certificateId }),
    }),
    ...(isIssued && { certificateId }),
  }
}

const saidOf = ({ profile, requestedBy, name, tags }: NewRequest): JsonObject =>
  defined({ profile, requestedBy, name, tags })

/** Refuses what an approval cannot say. */
export function requirePlainOrder(order: SigningOrder): void {
  const said = saidBeside(order, ['password', 'crlBase', 'allowChanges'])
  if (said === undefined) return
  throw refusedBy(
    VENDOR,
    `approves a request as it is: ${said} cannot be chosen`,
    'they are chosen with the request: certman request --ca AUTHORITY --profile TEMPLATE',
  )
}

/** `Approve` or `Deny`: the status is 200 whatever became of the request, the arrays say it. */
export async function decide(
  link: Link,
  verdict: 'Approve' | 'Deny',
  { ids, comment }: { readonly ids: readonly string[]; readonly comment?: string },
): Promise<void> {
  const numbers = ids.map(Number)
  const body: Json =
    verdict === 'Approve' ? numbers : { CertificateRequestIds: numbers, Comment: comment ?? '' }
  const reply = await link.call({ method: 'POST', path: `/Workflow/Certificates/${verdict}`, body })
  refuseFailures(wireResult(reply, ['Successes', 'Failures', 'Denials']))
}

function refuseFailures(answer: Json): void {
  const tell = (items: readonly Json[]): string =>
    items
      .map((each) => {
        const id = numberMember(each, 'KeyfactorRequestId') ?? numberMember(each, 'CARowId') ?? '?'
        const comment = textMember(each, 'Comment')
        return `request ${id}${comment ? `: ${JSON.stringify(comment)}` : ''}`
      })
      .join('; ')
  const denials = listMember(answer, 'Denials')
  if (denials.length > 0)
    throw new CertmanError('auth.forbidden', `${VENDOR}: not permitted: ${tell(denials)}`)
  const failures = listMember(answer, 'Failures')
  if (failures.length > 0) throw new CertmanError('remote.refused', `${VENDOR}: not done: ${tell(failures)}`)
}

/** The certificate that answers a request; a server may need a moment to list it. */
export async function certificateOfRequest(link: Link, requestId: string): Promise<Json> {
  const query = {
    'pq.queryString': `CertRequestId -eq ${requestId}`,
    'pq.includeRevoked': true,
    'pq.includeExpired': true,
    ...link.scope,
  }
  const found = await link.json({ method: 'GET', path: '/Certificates', query })
  const list = Array.isArray(found) ? (found as readonly Json[]) : []
  const id = numberMember(list.at(-1), 'Id')
  if (id !== undefined) return requireCertificate(link, String(id))
  throw new CertmanError(
    'remote.unexpected',
    `${VENDOR} approved request ${requestId}, and its certificate is not listed yet`,
    { hint: `look again in a moment: certman list --filter 'requestId = ${requestId}'` },
  )
}
