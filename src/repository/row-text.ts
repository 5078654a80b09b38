import type { JsonObject } from '../base/json.ts'
import { certificateState, type CertificateRecord } from '../domain/records.ts'
import type { IndexedRecord } from './repository.ts'

/** A row with the `state` of a certificate, which belongs to the moment and stands in no index. */
export function rowWithState({ kind, row }: Pick<IndexedRecord, 'kind' | 'row'>, now: Date): JsonObject {
  if (kind !== 'certificate') return row
  const facts = row as unknown as CertificateRecord & {
    readonly notBefore: string
    readonly notAfter: string
  }
  return { ...row, state: certificateState(facts, facts, now) }
}

/** Its text as `Repository.texts` answers it. */
export const rowText = (record: Pick<IndexedRecord, 'kind' | 'row'>, now: Date): string =>
  JSON.stringify(rowWithState(record, now))
