import { CertmanError } from '../base/errors.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import type { WriteTransaction } from '../repository/repository.ts'
import { certificateParts } from '../x509/certificate.ts'
import { knownFacts } from '../x509/known-facts.ts'
import { certificateFields } from './add-authority.ts'
import { changeRecord } from './change-record.ts'
import { supersede } from './supersede.ts'
import type { Outcome } from './store.ts'

/** An authority and its next certificate, which is in the store. */
export interface Replacement {
  readonly record: AuthorityRecord
  readonly certificateId: string
  readonly der: Uint8Array
  readonly action: string
}

/**
 * Lets an authority go on with another certificate of the same name and key: what it signed stays valid under both.
 *
 * @returns the authority first, then the certificates
 * @throws {CertmanError} `policy.refused` when name or key differ, or it is no CA; `state.refused` when it is the same
 */
export async function replaceCertificate(
  tx: WriteTransaction,
  { record, certificateId, der, action }: Replacement,
): Promise<readonly Outcome[]> {
  const { id, name } = record
  if (certificateId === record.certificateId)
    throw new CertmanError(
      'state.refused',
      `the authority ${JSON.stringify(name)} has this certificate already`,
    )
  const old = await tx.read('certificate', record.certificateId)
  if (old?.pem) requireSame(name, old.pem.der, der)
  const outcomes: Outcome[] = []
  if (old && old.row['supersededBy'] === undefined)
    outcomes.push(await supersede(tx, old.id, { by: certificateId, action }))
  const bearer = { kind: 'certificate', id: certificateId, fields: { name } } as const
  const named = await tx.find('certificate', { by: 'name', name })
  if (named.length === 0) outcomes.push(await changeRecord(tx, { ...bearer, action, what: 'renamed' }))
  const fields = { certificateId, ...certificateFields(der) }
  const authority = await changeRecord(tx, { kind: 'authority', id, fields, action, what: 'renewed' })
  return [authority, ...outcomes]
}

function requireSame(name: string, old: Uint8Array, next: Uint8Array): void {
  const authority = `the authority ${JSON.stringify(name)}`
  if (knownFacts(next).basicConstraints?.ca !== true)
    throw new CertmanError('policy.refused', `the new certificate of ${authority} is no CA certificate`)
  const [a, b] = [certificateParts(old), certificateParts(next)]
  if (Buffer.compare(a.spki, b.spki) !== 0)
    throw new CertmanError('key.mismatch', `the new certificate of ${authority} is for another key`)
  // the names that certificates and CRLs give as their issuer (RFC 5280 sections 4.1.2.4, 5.1.2.3)
  if (Buffer.compare(a.subjectDer, b.subjectDer) !== 0)
    throw new CertmanError('policy.refused', `the new certificate of ${authority} has another subject`)
}
