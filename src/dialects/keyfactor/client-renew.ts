import { CertmanError } from '../../base/errors.ts'
import { isRenewalDue } from '../../authority/renew.ts'
import type { RenewalOrder } from '../../store/authority-orders.ts'
import type { ListedRecord } from '../../store/store.ts'
import { refusedBy, saidBeside } from '../refusals.ts'
import type { Link } from './client-link.ts'
import { numberMember, textMember, VENDOR, wireResult } from './wire.ts'

/** Refuses what a renewal cannot say, before anything is sent. @throws {CertmanError} `store.unsupported` */
export function requirePlainRenewal(order: RenewalOrder): void {
  const said = saidBeside(order, ['authority', 'profile', 'password', 'crlBase', 'allowChanges'])
  if (said === undefined) return
  throw refusedBy(
    VENDOR,
    `renews a certificate as it is: ${said} cannot be chosen`,
    'only authority and template can be named: certman renew REF --ca NAME --profile TEMPLATE',
  )
}

/** `AvailableRenewalType` 0: not at all. */
const NO_RENEWAL = 0

/** @throws {CertmanError} `state.refused` with the server's own reason, where it renews a certificate in no way */
export async function requireRenewable(link: Link, id: string): Promise<void> {
  const call = { method: 'GET', path: `/Enrollment/AvailableRenewal/Id/${id}`, query: link.scope } as const
  const reply = await link.ask(call)
  // release 10 and older do not have it: they are asked for the renewal itself
  if (reply.status === 404) return
  const answer = link.pass(reply).json()
  if (numberMember(answer, 'AvailableRenewalType') !== NO_RENEWAL) return
  const words = textMember(answer, 'Message')
  throw new CertmanError(
    'state.refused',
    `${VENDOR} does not renew certificate ${id}${words ? `: ${words.replace(/\.$/, '')}` : ''}`,
    { hint: `make a new request: certman request --like ${id} --key-out FILE` },
  )
}

/**
 * `POST /Enrollment/Renew`. Never repeated: it would make a second certificate.
 *
 * @returns the number of the new certificate
 * @throws {CertmanError} `remote.refused` where the renewal waits for an approval, or ended otherwise
 */
export async function sendRenewal(link: Link, id: string, order: RenewalOrder): Promise<string> {
  const reply = await link.call({
    method: 'POST',
    path: '/Enrollment/Renew',
    query: link.scope,
    thing: `certificate ${JSON.stringify(id)}`,
    body: {
      CertificateId: Number(id),
      CertificateAuthority: order.authority,
      Template: order.profile,
      Timestamp: link.now.toISOString(),
    },
  })
  const answer = wireResult(reply, ['KeyfactorId', 'KeyfactorRequestId', 'RequestDisposition'])
  const number = numberMember(answer, 'KeyfactorId') ?? 0
  if (number > 0) return String(number)
  const request = numberMember(answer, 'KeyfactorRequestId') ?? 0
  const disposition = JSON.stringify(textMember(answer, 'RequestDisposition') ?? '')
  const words = JSON.stringify(textMember(answer, 'DispositionMessage') ?? '')
  throw new CertmanError('remote.refused', `${VENDOR}: the renewal ended as ${disposition}: ${words}`, {
    hint: request > 0 ? `it waits for an approval: certman sign ${request}` : 'see the history in the portal',
  })
}

/** The rows that should be renewed at `now`, those that end first in front; revoked ones are not renewed. */
export async function dueRows(
  pages: AsyncIterable<readonly ListedRecord[]>,
  now: Date,
): Promise<readonly ListedRecord[]> {
  const due: ListedRecord[] = []
  for await (const page of pages)
    for (const row of page) {
      const life = { notBefore: String(row['notBefore']), notAfter: String(row['notAfter']) }
      if (row['revocation'] === undefined && isRenewalDue(life, now)) due.push(row)
    }
  return due.sort((a, b) => (String(a['notAfter']) < String(b['notAfter']) ? -1 : 1))
}
