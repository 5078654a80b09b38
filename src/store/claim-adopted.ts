import type { WriteTransaction } from '../repository/repository.ts'
import { knownFacts } from '../x509/known-facts.ts'
import { changeRecord } from './change-record.ts'
import { OwnAuthorities } from './own-authorities.ts'

/**
 * Gives certificates that were put into the store's folder by hand to the authorities that issued them, as an import does.
 *
 * @param ids certificates that have an authority already, or one elsewhere, stay as they are; ids of others name none
 */
export async function claimAdopted(tx: WriteTransaction, ids: readonly string[], now: Date): Promise<void> {
  const authorities = new OwnAuthorities(tx, now)
  for (const id of ids) {
    const stored = await tx.read('certificate', id)
    if (!stored?.pem || stored.fields['authorityId'] !== undefined) continue
    const { der } = stored.pem
    const fields = await authorities.claim(der, knownFacts(der))
    if (fields['authorityId'] !== undefined)
      await changeRecord(tx, { kind: 'certificate', id, fields, action: 'reindex', what: 'edited' })
  }
}
