import type { JsonObject } from '../base/json.ts'
import { certificateState, type CertificateRecord } from '../domain/records.ts'
import type { IndexedRecord } from './repository.ts'

type Listed = Pick<IndexedRecord, 'kind' | 'row' | 'json'>

/** What the state of a certificate is made from, and the state. */
type CertificateRow = CertificateRecord & {
  readonly notBefore: string
  readonly notAfter: string
  state: string
}

/** A row with the `state` of a certificate, which belongs to the moment and stands in no index. */
export function rowWithState(record: Listed, now: Date): JsonObject {
  if (record.kind !== 'certificate') return record.row
  // what has a text is not copied: Node 20 adds thirty fields to an object one by one, and reads them all at once
  const own = (record.json === undefined ? { ...record.row } : JSON.parse(record.json)) as JsonObject
  const row = own as unknown as CertificateRow
  row.state = certificateState(row, row, now)
  return own
}

/** Its text as `Repository.texts` answers it. */
export const rowText = (record: Listed, now: Date): string => JSON.stringify(rowWithState(record, now))
