import { CertmanError } from '../base/errors.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import type { Reading } from '../repository/repository.ts'
import { getIndexed } from './change-record.ts'
import type { StoredCertificate } from './store.ts'

/** No path through a revoked certificate is valid (RFC 5280 section 6.1.3). @throws {CertmanError} `state.refused` */
export async function requireUnrevoked(
  reading: Pick<Reading, 'find'>,
  { name, certificateId }: Pick<AuthorityRecord, 'name' | 'certificateId'>,
): Promise<void> {
  const { row } = await getIndexed(reading, 'certificate', certificateId)
  if (row['revocation'] !== undefined)
    throw refusal(`the certificate of the authority ${JSON.stringify(name)} is revoked`)
}

/** The same for those above it: where one was replaced, the chain goes through the new one. @throws {CertmanError} `state.refused` */
export function requireUnrevokedAbove(name: string, path: readonly StoredCertificate[]): void {
  const revoked = path.find(({ record }) => record.revocation !== undefined)
  if (!revoked) return
  const above = JSON.stringify(revoked.facts.subject)
  throw refusal(`the authority ${JSON.stringify(name)} stands below ${above}, whose certificate is revoked`)
}

const refusal = (what: string): CertmanError =>
  new CertmanError('state.refused', `${what}: nobody would believe what it signs`, {
    hint: 'sign by another authority',
  })
