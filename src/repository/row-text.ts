import { certificateState, type CertificateRecord } from '../domain/records.ts'
import type { IndexedRecord } from './repository.ts'

/** The text of a row as `Repository.texts` answers it. */
export function rowText({ kind, row }: Pick<IndexedRecord, 'kind' | 'row'>, now: Date): string {
  if (kind !== 'certificate') return JSON.stringify(row)
  const facts = row as unknown as CertificateRecord & {
    readonly notBefore: string
    readonly notAfter: string
  }
  return JSON.stringify({ ...row, state: certificateState(facts, facts, now) })
}
