import type { JsonObject } from '../base/json.ts'
import type { IndexedRecord, Reading } from '../repository/repository.ts'
import { issuedBy, revokedBy } from './authority-filters.ts'

/** The row of an authority with `encrypted` (its key), `revocation` (of its certificate), `issued` and `revoked` (counts), and its CRL in flat fields. */
export async function decorateAuthority(
  reading: Reading,
  { id, row }: Pick<IndexedRecord, 'id' | 'row'>,
): Promise<JsonObject> {
  const { keyId, certificateId } = row
  const [key] = typeof keyId === 'string' ? await reading.find('key', { by: 'id', id: keyId }) : []
  const [own] = await reading.find('certificate', { by: 'id', id: String(certificateId) })
  const crl = row['crl'] as JsonObject | undefined
  return {
    ...row,
    id,
    encrypted: key ? (key.row['encrypted'] ?? null) : null,
    revocation: own?.row['revocation'] ?? null,
    crlNumber: crl?.['number'] ?? null,
    crlThisUpdate: crl?.['thisUpdate'] ?? null,
    crlNextUpdate: crl?.['nextUpdate'] ?? null,
    issued: await reading.count('certificate', { filter: issuedBy(id) }),
    revoked: await reading.count('certificate', { filter: revokedBy(id) }),
  }
}
