import type { IndexedRecord } from '../repository/repository.ts'
import { rowWithState } from '../repository/row-text.ts'
import type { ListedRecord } from './store.ts'

/** A row as it is shown, with the state of a moment. */
export const listed = (record: Pick<IndexedRecord, 'kind' | 'id' | 'row'>, now: Date): ListedRecord => ({
  ...rowWithState(record, now),
  id: record.id,
})
