import { CertmanError } from '../../base/errors.ts'
import type { RevocationOrder } from '../../store/authority-orders.ts'
import { refusedBy } from '../refusals.ts'
import { reasonCode, REMOVE_FROM_HOLD } from './codes.ts'
import type { Link } from './client-link.ts'
import { listMember, numberMember, textMember, VENDOR, wireResult } from './wire.ts'

/** The number of the reason. @throws {CertmanError} `store.unsupported` for what Keyfactor cannot say */
export function revocationCode({ reason, invalidityDate }: RevocationOrder): number {
  const code = reason === 'removeFromCRL' ? undefined : reasonCode(reason)
  if (code === undefined)
    throw refusedBy(
      VENDOR,
      `has no reason ${reason}`,
      'take one of unspecified, keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, certificateHold',
    )
  if (invalidityDate)
    throw refusedBy(
      VENDOR,
      'keeps no date of invalidity',
      'leave it out; --date says from when on the certificate counts as revoked',
    )
  return code
}

/** Ends a hold. */
export const RELEASE = REMOVE_FROM_HOLD

/**
 * `POST /Certificates/Revoke`.
 *
 * @returns sentences about revocations that wait for an approval on the server
 * @throws {CertmanError} `remote.refused` when a certificate is neither revoked nor waiting
 */
export async function sendRevocation(
  link: Link,
  ids: readonly string[],
  order: { readonly code: number; readonly date?: Date },
): Promise<readonly string[]> {
  const { ambient } = link.setup
  const { collectionId, containerId } = link.scope
  const reply = await link.call({
    method: 'POST',
    path: '/Certificates/Revoke',
    body: {
      CertificateIds: ids.map(Number),
      Reason: order.code,
      Comment: `by certman, ${ambient.actor}`,
      EffectiveDate: (order.date ?? ambient.now()).toISOString(),
      CollectionId: collectionId,
      ContainerId: containerId,
    },
  })
  // some releases answer 204
  if (reply.body.length === 0) return []
  const answer = wireResult(reply, ['RevokedIds', 'SuspendedCerts'])
  const revoked = listMember(answer, 'RevokedIds')
  const suspended = listMember(answer, 'SuspendedCerts')
  const waiting = suspended.map((each) => numberMember(each, 'CertId'))
  const left = ids.filter((id) => !revoked.includes(Number(id)) && !waiting.includes(Number(id)))
  const [id] = left
  if (id !== undefined)
    throw new CertmanError('remote.refused', `${VENDOR} did not revoke certificate ${left.join(', ')}`, {
      hint: `see its state: certman show ${id}`,
    })
  return suspended.map((each) => {
    const words = textMember(each, 'Message')
    return `certificate ${numberMember(each, 'CertId') ?? '?'} waits for an approval on the server${words ? `: ${words}` : ''}`
  })
}
