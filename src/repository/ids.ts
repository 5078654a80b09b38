import { CertmanError } from '../base/errors.ts'
import type { RecordKind } from '../domain/records.ts'

const DECIMAL = /^[1-9]\d{0,14}$/

/** Ids by kind: decimal numbers that the store gives, or the SHA-256 of a public key in lower-case hex. */
const ID: Readonly<Record<RecordKind, RegExp>> = {
  certificate: DECIMAL,
  request: DECIMAL,
  key: /^[0-9a-f]{64}$/,
  authority: DECIMAL,
  collection: DECIMAL,
  profile: DECIMAL,
}

/** Whether `id` can be the id of a record; nothing else ever becomes part of a path. */
export const isId = (kind: RecordKind, id: string): boolean => ID[kind].test(id)

/** @throws {CertmanError} `input.invalid` when `id` cannot be the id of a record */
export function checkId(kind: RecordKind, id: string): string {
  if (isId(kind, id)) return id
  throw new CertmanError('input.invalid', `${JSON.stringify(id)} is no id of a ${kind}`, { field: 'id' })
}
