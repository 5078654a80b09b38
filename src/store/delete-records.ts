import { CertmanError } from '../base/errors.ts'
import type { IndexedRecord, WriteTransaction } from '../repository/repository.ts'
import { getIndexed, Outcomes } from './change-record.ts'
import { authorityGuard } from './authority-guard.ts'
import { ownersOf, partKey } from './join-keys.ts'
import type { Outcome, Target } from './store.ts'

const ACTION = 'delete'

/**
 * Moves records to the trash. A private key goes with the last certificate or request that used it, and comes
 * back with it; deleting a key alone takes it from its certificates.
 *
 * @throws {CertmanError} `record.not-found`, `record.changed`; `state.refused` for what an authority needs, and
 *   for a kind that is not deleted this way
 */
export async function deleteRecords(
  tx: WriteTransaction,
  targets: readonly Target[],
  now: Date,
): Promise<readonly Outcome[]> {
  const guard = await authorityGuard(tx, now)
  const outcomes = new Outcomes()
  const keyIds = new Set<string>()
  for (const target of targets) {
    const record = await getIndexed(tx, target.kind, target.id)
    guard(record)
    outcomes.add(await remove(tx, record, target.revision))
    if (target.kind === 'key') outcomes.addAll(await partKey(tx, target.id, ACTION))
    if (typeof record.row['keyId'] === 'string') keyIds.add(record.row['keyId'])
  }
  for (const keyId of keyIds) {
    const [key] = await tx.find('key', { by: 'id', id: keyId })
    if (key && (await ownersOf(tx, keyId)).length === 0) outcomes.add(await remove(tx, key))
  }
  return outcomes.all()
}

async function remove(tx: WriteTransaction, record: IndexedRecord, revision?: string): Promise<Outcome> {
  const { kind, id, row } = record
  if (kind === 'authority')
    throw new CertmanError('state.refused', `${kind} ${id} is not deleted this way`, {
      hint: `it can be disabled: certman ca disable ${id}`,
    })
  await tx.remove(kind, id, revision ?? record.revision, { action: ACTION, kind, id })
  return { kind, id, outcome: 'changed', what: 'deleted', row }
}
