import { collect } from '../base/lists.ts'
import { fieldIs } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { FIND_LIMIT } from '../repository/record-index.ts'
import type { IndexedRecord, LookUp, Reading } from '../repository/repository.ts'

/** Look-ups that any number of records may answer, and the field that a filter compares for each. */
const FIELDS = { keyId: 'publicKey.spkiHash', serialNumber: 'serialNumber' } as const

/** All records of a public key or a serial number, also where there are more than `find` answers. */
export async function findAll(
  reading: Pick<Reading, 'find' | 'list'>,
  kind: RecordKind,
  lookUp: Extract<LookUp, { readonly by: keyof typeof FIELDS }>,
): Promise<readonly IndexedRecord[]> {
  const found = await reading.find(kind, lookUp)
  if (found.length < FIND_LIMIT) return found
  const value = lookUp.by === 'keyId' ? lookUp.keyId : lookUp.serialNumber
  return collect(reading.list(kind, { filter: fieldIs(FIELDS[lookUp.by], value), sort: [] }))
}
