import type { JsonObject } from '../base/json.ts'
import { certificateState, type CertificateRecord } from '../domain/records.ts'
import type { IndexedRecord } from '../repository/repository.ts'
import type { ListedRecord } from './store.ts'

/** A row as it is shown: a certificate's `state` belongs to the moment and stands in no index. */
export function listed(record: Pick<IndexedRecord, 'kind' | 'id' | 'row'>, now: Date): ListedRecord {
  const { kind, id, row } = record
  if (kind !== 'certificate') return { ...row, id }
  const fields = row as unknown as CertificateRecord & {
    readonly notBefore: string
    readonly notAfter: string
  }
  return { ...(row as JsonObject), id, state: certificateState(fields, fields, now) }
}
