import { CertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import { isOutlived } from '../authority/crl.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import type { IndexedRecord, Reading } from '../repository/repository.ts'
import { allAuthorities } from './authority-records.ts'

/**
 * Keeps what authorities need from being deleted: their certificates and keys, and what their CRLs have to list.
 *
 * @returns a check that throws `state.refused`
 */
export async function authorityGuard(
  reading: Reading,
  now: Date,
): Promise<(record: Pick<IndexedRecord, 'kind' | 'id' | 'row'>) => void> {
  const authorities = await allAuthorities(reading)
  if (authorities.length === 0) return () => undefined
  return ({ kind, id, row }) => {
    const owner = authorities.find((authority) => needs(authority, kind, id))
    if (owner)
      throw new CertmanError(
        'state.refused',
        `${kind} ${id} belongs to the authority ${JSON.stringify(owner.name)}`,
        { hint: `an authority is not deleted: ${commandOn('ca disable', owner.name)}` },
      )
    const isListed =
      kind === 'certificate' && row['revocation'] !== undefined && row['authorityId'] !== undefined
    if (isListed && isOutlived(row as unknown as CertificateFacts))
      throw new CertmanError(
        'state.refused',
        `certificate ${id} is revoked: the CRL has to list it for good, since its signatures may outlive it`,
        { hint: 'keep it: what was signed with its key would be believed again' },
      )
    if (isListed && now <= new Date(String(row['notAfter'])))
      throw new CertmanError(
        'state.refused',
        `certificate ${id} is revoked: the CRL has to list it until it ends on ${String(row['notAfter'])}`,
        { hint: 'delete it after that day' },
      )
  }
}

const needs = ({ certificateId, keyId }: AuthorityRecord, kind: string, id: string): boolean =>
  (kind === 'certificate' && certificateId === id) || (kind === 'key' && keyId === id)
