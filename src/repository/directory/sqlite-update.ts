import type { RecordKind } from '../../domain/records.ts'
import type { IndexEntry } from '../record-index.ts'
import { ENTRY_COLUMNS, valuesOf } from './sqlite-rows.ts'
import type { SqlValue } from './sqlite.ts'

/** What a change of a record looks at in its old row. */
export interface OldRow {
  readonly n: number
  readonly segment: number | null
  readonly fingerprint: Uint8Array | null
  readonly listHashes: string | null
}

/** Columns that follow from the bytes of a record: with the same fingerprint they stay, and so do their indexes. */
const OF_THE_BYTES: ReadonlySet<(typeof ENTRY_COLUMNS)[number]> = new Set([
  'id',
  'notBefore',
  'notAfter',
  'serial',
  'thumbprint',
  'fingerprint',
  'keyHash',
  'subjectHash',
  'subject',
  'issuer',
  'san',
])

const ALL = ENTRY_COLUMNS.map((_, at) => at)
const MUTABLE = ALL.filter((at) => !OF_THE_BYTES.has(ENTRY_COLUMNS[at]!))

const sets = (columns: readonly number[]): string =>
  columns.map((at) => `${ENTRY_COLUMNS[at]!} = ?`).join(', ')
const SETS = { all: sets(ALL), mutable: sets(MUTABLE) }

const FINGERPRINT = ENTRY_COLUMNS.indexOf('fingerprint')
const LIST_HASHES = ENTRY_COLUMNS.indexOf('listHashes')

/** The statement that brings a row up to date, writing no more of it than may have changed. */
export function updateOf(
  kind: RecordKind,
  old: OldRow,
  entry: IndexEntry,
): { readonly sql: string; readonly values: readonly SqlValue[]; readonly hasNewTerms: boolean } {
  const values = valuesOf(entry)
  const isSame = old.fingerprint !== null && isEqual(old.fingerprint, values[FINGERPRINT])
  const sql = `UPDATE ${kind} SET ${isSame ? SETS.mutable : SETS.all} WHERE n = ?`
  const hasNewTerms = !isSame || old.listHashes !== values[LIST_HASHES]
  return { sql, hasNewTerms, values: [...(isSame ? MUTABLE : ALL).map((at) => values[at]!), old.n] }
}

const isEqual = (a: Uint8Array, b: SqlValue | undefined): boolean =>
  b instanceof Uint8Array && Buffer.compare(a, b) === 0
