import type { Json } from '../../base/json.ts'
import type { Answer } from '../../http/exchange.ts'
import type { RenewalOrder } from '../../store/authority-orders.ts'
import { invalid } from './errors.ts'
import { wireSerial } from './map-certificate.ts'
import { ok } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { certificateOf, namedCertificate, certificateOfPath } from './server-find.ts'
import { authorityNamed, everythingWaits, profileNamed } from './server-issuance.ts'
import { objectBody, optional, optionalText } from './server-request.ts'
import { scopeOf, type Found } from './server-scope.ts'

/** `AvailableRenewalType`. What can be renewed with one click can be enrolled anew as well. */
const RENEWAL = { none: 0, enrollment: 1, oneClick: 2 } as const

/** `POST /Enrollment/Renew`: a new certificate like the old one, by its authority or by the one that is named. */
export async function renew(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const scope = await scopeOf(desk)
  const id = optional(body, 'CertificateId', 'number') ?? 0
  const thumbprint = optionalText(body, 'Thumbprint')
  if (id === 0 && thumbprint === undefined) throw invalid('One of CertificateId and Thumbprint is required.')
  const found =
    id > 0 || thumbprint === undefined
      ? await certificateOf(desk, scope, id)
      : await namedCertificate(desk, scope, { Thumbprint: thumbprint })
  if (everythingWaits(desk))
    throw invalid('Every enrollment awaits approval here: enroll with RenewalCertificateId.')
  const { served, row } = found
  const order = await orderOf(desk, body, found)
  const { outcomes } = await served.store.renew({ kind: 'certificate', id: row.id }, order)
  const heir = outcomes.find(({ kind }) => kind === 'certificate')!
  return ok({
    KeyfactorId: desk.numbers.numberOf(served, 'certificate', heir.id),
    KeyfactorRequestId: 0,
    Thumbprint: heir.row['thumbprint'] ?? null,
    SerialNumber: wireSerial(String(heir.row['serialNumber'] ?? '')),
    IssuerDN: heir.row['issuer'] ?? null,
    RequestDisposition: 'ISSUED',
    DispositionMessage: 'The certificate was renewed.',
    Password: null,
  })
}

async function orderOf(desk: Desk, body: Json, { served, row }: Found): Promise<RenewalOrder> {
  const named = optionalText(body, 'CertificateAuthority')
  const authority = named === undefined ? undefined : await authorityNamed(desk, [served], named)
  return {
    ...(authority && { authority: authority.id }),
    ...(await profileNamed(desk, body)),
    // a new key would be of no use to whoever has the old one
    ...(row['keyId'] === undefined && { reuseKey: true }),
    allowChanges: true,
  }
}

/** `GET /Enrollment/AvailableRenewal/Id/{id}` */
export const availableById = async (desk: Desk): Promise<Answer> =>
  ok(availableFor(desk, await certificateOfPath(desk)))

/** `GET /Enrollment/AvailableRenewal/Thumbprint/{thumbprint}` */
export async function availableByThumbprint(desk: Desk): Promise<Answer> {
  const wanted = { Thumbprint: desk.call.params['thumbprint'] ?? '' }
  return ok(availableFor(desk, await namedCertificate(desk, await scopeOf(desk), wanted)))
}

const available = (type: number, message: string): Json => ({ AvailableRenewalType: type, Message: message })

function availableFor(desk: Desk, { served: { store, claims }, row }: Found): Json {
  if (row['revocation'] !== undefined) return available(RENEWAL.none, 'A revoked certificate is not renewed.')
  if (row['supersededBy'] !== undefined)
    return available(RENEWAL.none, 'The certificate was superseded by another one.')
  if (!store.can.request || !claims.includes('create'))
    return available(RENEWAL.none, 'The caller may not enroll certificates in this store.')
  const left = (why: string): Json =>
    available(RENEWAL.enrollment, `One click renewal is not available: ${why}`)
  if (everythingWaits(desk)) return left('every enrollment awaits approval.')
  if (!store.can.renew || !claims.includes('sign')) return left('the caller may not sign in this store.')
  if (row['authorityId'] === undefined) return left('its authority is not here: name another one.')
  if (row['keyId'] === undefined && row['requestId'] === undefined)
    return left('neither its key nor its request is here.')
  return available(RENEWAL.oneClick, 'One click renewal is available.')
}
