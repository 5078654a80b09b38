import type { RecordKind } from '../../domain/records.ts'
import { jsonColumn } from '../../query/sql.ts'
import { hasDecimalIds } from '../record-index.ts'

/** Raised with every change of the tables: an index of another version is built anew. */
export const SCHEMA_VERSION = 10

/** Hash columns that are looked up, and the digits of their hex. */
export const HASHES: Readonly<Record<RecordKind, readonly (readonly [column: string, digits: number])[]>> = {
  certificate: [
    ['thumbprint', 40],
    ['fingerprint', 64],
    ['keyHash', 64],
  ],
  request: [
    ['fingerprint', 64],
    ['keyHash', 64],
  ],
  key: [['keyHash', 64]],
  authority: [],
  collection: [],
  profile: [],
}

/** Octets of a hash that are its term: no two of a million records share them by chance. */
export const HEAD_OCTETS = 5

/** The beginning of a hash, as a term. */
export const headOf = (column: string): string => `substr(${column}, 1, ${HEAD_OCTETS})`

/** JSON paths that have a column of their own, as they stand in the row. */
const COLUMNS: Readonly<Record<string, string>> = {
  name: 'h.name',
  supersededBy: 'h.superseded',
  // present or not is all that anyone asks of the object; its date stands for it
  revocation: 'h.revoked',
  'revocation.date': 'h.revoked',
  notBefore: 'h.notBefore',
  notAfter: 'h.notAfter',
  serialNumber: 'h.serial',
  keyId: 'h.keyId',
  authorityId: 'h.authority',
  thumbprint: 'hex(h.thumbprint)',
  fingerprint: 'lower(hex(h.fingerprint))',
  'publicKey.spkiHash': 'lower(hex(h.keyHash))',
}

/** The SQL of the scalar at a path of the row. */
export function columnOf(kind: RecordKind, path: string): string {
  if (path === 'id') return hasDecimalIds(kind) ? 'h.n' : 'h.id'
  if (kind === 'key' && path === 'publicKey.spkiHash') return jsonColumn(path, 'r.row')
  return COLUMNS[path] ?? jsonColumn(path, 'r.row')
}

/** The SQL of the same text without case. */
export function foldedColumnOf(kind: RecordKind, path: string): string {
  if (path === 'subject' || path === 'issuer') return `h.${path}`
  if (path === 'state' && kind === 'request') return 'h.state'
  return path === 'name' ? 'h.nameFolded' : `casefold(${columnOf(kind, path)})`
}

const LIST_TEXTS: Readonly<Record<string, string>> = {
  subjectAltName: 'h.san',
  tags: 'h.tags',
  subjectAttributes: 'h.subject',
  issuerAttributes: 'h.issuer',
}

/** The SQL of a text that holds every element of a list field. */
export const listTextOf = (path: string): string | undefined => LIST_TEXTS[path]
