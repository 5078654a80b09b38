import { fromHex } from '../../base/bytes.ts'
import { foldNameText } from '../../base/fold-name.ts'
import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import { casefold } from '../../query/fold.ts'
import { FIND_LIMIT, hasDecimalIds } from '../record-index.ts'
import type { LookUp } from '../repository.ts'
import { ENTRY } from './sqlite-rows.ts'
import { HASHES, HEAD_OCTETS } from './sqlite-schema.ts'
import { from } from './sqlite-select.ts'
import { anyWithTerm, hasTerms, numbersInOrder, serialTerm, subjectTerm, withTerm } from './sqlite-terms.ts'
import type { SqlValue } from './sqlite.ts'

/** A SELECT of the first `FIND_LIMIT` records in id order, and its parameters. */
interface Search {
  readonly sql: string
  readonly values: readonly SqlValue[]
  /**
   * Asked before, in a third of the time: answers no row when nothing fits. Who issues and imports looks for what is not
   * there.
   */
  readonly first?: { readonly sql: string; readonly value: SqlValue }
}

/** What may find several records. */
type OpenLookUp = Exclude<LookUp, { readonly by: 'id' }>

/** A SELECT of what fits a condition (`h` the narrow table, `r` the rows). */
const where = (kind: RecordKind, condition: string): string =>
  `${from(kind)} WHERE ${condition} ORDER BY ${hasDecimalIds(kind) ? 'h.n' : 'h.id'} LIMIT ${FIND_LIMIT}`

/** The same of those alone that have a term: of a hundred thousand that share a key no more are read than are wanted. */
const whereTerm = (kind: RecordKind, condition: string): string =>
  `SELECT ${ENTRY} FROM ${numbersInOrder(kind)} t CROSS JOIN ${kind} h ON h.n = t.n ` +
  `CROSS JOIN ${kind}_row r ON r.n = h.n WHERE ${condition} LIMIT ${FIND_LIMIT}`

/** What is compared of the records that have the term. */
const EXACTLY = {
  serialNumber: 'h.serial = ?',
  fingerprint: 'h.fingerprint = ?',
  keyId: 'h.keyHash = ?',
  subject: 'foldname(h.subject) = ?',
} as const

type ByTerm = keyof typeof EXACTLY

/** Texts that are made once: each certificate that is issued is looked up twice. */
const BY_TERM = Object.fromEntries(
  RECORD_KINDS.filter(hasTerms).map((kind) => {
    const texts = Object.entries(EXACTLY).map(([by, exactly]) => [by, whereTerm(kind, exactly)] as const)
    return [kind, Object.fromEntries(texts) as Record<ByTerm, string>]
  }),
) as Readonly<Partial<Record<RecordKind, Readonly<Record<ByTerm, string>>>>>

/** Asks the terms alone. */
const ANY_WITH_TERM: Readonly<Partial<Record<RecordKind, string>>> = Object.fromEntries(
  RECORD_KINDS.filter(hasTerms).map((kind) => [kind, anyWithTerm(kind)]),
)

/** How an exact look-up is answered, by an index or by terms; undefined when no record can fit. */
export function searchFor(kind: RecordKind, lookUp: OpenLookUp): Search | undefined {
  switch (lookUp.by) {
    case 'name':
      return { sql: where(kind, 'h.name = ? AND h.superseded IS NULL'), values: [lookUp.name] }
    case 'serialNumber':
      return byTerm(kind, 'serialNumber', [serialTerm(lookUp.serialNumber), lookUp.serialNumber])
    case 'fingerprint':
      return byHash(kind, 'fingerprint', lookUp.fingerprint)
    case 'keyId':
      return byHash(kind, 'keyId', lookUp.keyId)
    case 'subject':
      return bySubject(kind, casefold(lookUp.subject))
    case 'hex':
      return byPrefix(kind, lookUp.prefix.toLowerCase())
    default:
      return undefined
  }
}

function byTerm(
  kind: RecordKind,
  by: ByTerm,
  [term, value]: readonly [term: SqlValue, value: SqlValue],
): Search {
  const sql = BY_TERM[kind]?.[by]
  return sql === undefined
    ? { sql: where(kind, EXACTLY[by]), values: [value] }
    : { sql, values: [term, term, value], first: { sql: ANY_WITH_TERM[kind]!, value: term } }
}

/** @param subject folded */
function bySubject(kind: RecordKind, subject: string): Search {
  const wanted = foldNameText(subject)
  return kind === 'certificate'
    ? byTerm(kind, 'subject', [subjectTerm(subject), wanted])
    : { sql: where(kind, EXACTLY.subject), values: [wanted] }
}

function byHash(kind: RecordKind, by: 'fingerprint' | 'keyId', hex: string): Search | undefined {
  if (!/^(?:[0-9a-f]{2})+$/.test(hex)) return undefined
  const octets = Buffer.from(hex, 'hex')
  return byTerm(kind, by, [octets.subarray(0, HEAD_OCTETS), octets])
}

/** Hashes that begin with these digits are those between the digits followed by zeros and followed by Fs. */
function byPrefix(kind: RecordKind, prefix: string): Search | undefined {
  if (!/^[0-9a-f]+$/.test(prefix)) return undefined
  const fitting = HASHES[kind].filter(([, digits]) => prefix.length <= digits)
  if (fitting.length === 0) return undefined
  const exactly = fitting.map(([column]) => `h.${column} BETWEEN ? AND ?`).join(' OR ')
  // the beginnings of all hashes are terms of the same tree
  const heads = rangeOf(prefix, 2 * HEAD_OCTETS)
  return {
    sql: where(kind, `${withTerm(kind, 'BETWEEN ? AND ?')} AND (${exactly})`),
    values: [...heads, ...heads, ...fitting.flatMap(([, digits]) => rangeOf(prefix, digits))],
  }
}

/** The first and the last octets whose hex begins with `prefix`, as long as `digits` say. */
const rangeOf = (prefix: string, digits: number): readonly [Uint8Array, Uint8Array] => [
  fromHex(prefix.padEnd(digits, '0').slice(0, digits)),
  fromHex(prefix.padEnd(digits, 'f').slice(0, digits)),
]

/** The WHERE clause of one id, whose value `idValue` gives. */
export const idTest = (kind: RecordKind): string => (hasDecimalIds(kind) ? 'h.n = ?' : 'h.id = ?')

/** An id that is no number fits no record: -1 is none's. */
export const idValue = (kind: RecordKind, id: string): SqlValue =>
  hasDecimalIds(kind) ? (/^[1-9]\d{0,14}$/.test(id) ? Number(id) : -1) : id
