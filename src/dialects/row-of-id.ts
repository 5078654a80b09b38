import { orNone } from '../base/or-none.ts'
import type { RecordKind } from '../domain/records.ts'
import type { ListedRecord, Store } from '../store/store.ts'

/** The row of an id; undefined when there is none. A text may also be a name, or the beginning of something: only the id counts. */
export async function rowOfId(
  store: Pick<Store, 'resolve'>,
  kind: RecordKind,
  id: string,
): Promise<ListedRecord | undefined> {
  const asked = store.resolve({ kind, by: 'text', text: id })
  const row = await orNone(asked, 'record.not-found', 'reference.ambiguous')
  return row?.id === id ? row : undefined
}
