import type { WriteTransaction } from '../repository/repository.ts'
import { changeRecord } from './change-record.ts'
import type { Outcome } from './store.ts'

/**
 * Makes a certificate give up its name to another one. It keeps its data, the old name included, but is hidden
 * from the default list and answers to its id and fingerprint only.
 *
 * @param id the certificate that holds the name
 */
export function supersede(
  tx: WriteTransaction,
  id: string,
  heir: { readonly by: string; readonly action: string },
): Promise<Outcome> {
  const fields = { supersededBy: heir.by }
  return changeRecord(tx, { kind: 'certificate', id, fields, action: heir.action, what: 'superseded' })
}
