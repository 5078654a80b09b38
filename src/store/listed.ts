import type { IndexedRecord } from '../repository/repository.ts'
import { rowWithState } from '../repository/row-text.ts'
import type { ListedRecord } from './store.ts'

/** A row as it is shown, with the state of a moment. */
export function listed(record: Pick<IndexedRecord, 'kind' | 'id' | 'row' | 'json'>, now: Date): ListedRecord {
  const row = rowWithState(record, now)
  // that of a certificate is nobody else's, and begins with its id
  if (record.kind === 'certificate' && row['id'] === record.id) return row as ListedRecord
  return { ...row, id: record.id }
}
