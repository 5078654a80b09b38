import { CertmanError } from '../base/errors.ts'
import type { RecordKind } from '../domain/records.ts'

/** Which record a change is about, and the revision it must have: `absent`, `any`, or the one read before. */
export interface Expectation {
  readonly kind: RecordKind
  readonly id: string
  readonly expected: string
}

/**
 * Refuses a change of a record that is not as its author saw it.
 *
 * @param current the revision it has now; undefined when there is no such record
 * @throws {CertmanError} `record.changed`, `record.not-found`
 */
export function checkExpected({ kind, id, expected }: Expectation, current: string | undefined): void {
  if (expected === 'any' || expected === (current ?? 'absent')) return
  if (current === undefined) throw notFound(kind, id)
  const how = expected === 'absent' ? 'exists already' : 'was changed meanwhile'
  throw new CertmanError('record.changed', `${kind} ${id} ${how}`)
}

/** The refusal of a record that is not there. */
export const notFound = (kind: RecordKind, id: string, where = ''): CertmanError =>
  new CertmanError('record.not-found', `there is no ${kind} ${JSON.stringify(id)}${where}`)
