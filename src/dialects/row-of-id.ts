import { isCertmanError } from '../base/errors.ts'
import type { RecordKind } from '../domain/records.ts'
import type { ListedRecord, Store } from '../store/store.ts'

/** The row of an id; undefined when there is none. A text may also be a name, or the beginning of something: only the id counts. */
export async function rowOfId(
  store: Pick<Store, 'resolve'>,
  kind: RecordKind,
  id: string,
): Promise<ListedRecord | undefined> {
  try {
    const row = await store.resolve({ kind, by: 'text', text: id })
    return row.id === id ? row : undefined
  } catch (error) {
    if (isCertmanError(error, 'record.not-found') || isCertmanError(error, 'reference.ambiguous'))
      return undefined
    throw error
  }
}
