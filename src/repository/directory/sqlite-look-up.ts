import { fromHex } from '../../base/bytes.ts'
import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import { casefold } from '../../query/fold.ts'
import { hasDecimalIds } from '../record-index.ts'
import type { LookUp } from '../repository.ts'
import { HASHES, HEAD_OCTETS } from './sqlite-schema.ts'
import { hasTerms, serialTerm, textTerm, withTerm } from './sqlite-terms.ts'
import type { SqlValue } from './sqlite.ts'

interface Where {
  readonly where: string
  readonly values: readonly SqlValue[]
}

const NOTHING: Where = { where: '0', values: [] }

/** What may find several records. */
type OpenLookUp = Exclude<LookUp, { readonly by: 'id' }>

/** What is compared of the records that have the term. */
const EXACTLY = {
  serialNumber: 'h.serial = ?',
  fingerprint: 'h.fingerprint = ?',
  keyId: 'h.keyHash = ?',
  subject: "json_extract(r.row, '$.subject') = ?",
} as const

type ByTerm = keyof typeof EXACTLY

/** Texts that are made once: each certificate that is issued is looked up twice. */
const BY_TERM = Object.fromEntries(
  RECORD_KINDS.filter(hasTerms).map((kind) => {
    const near = withTerm(kind, '= ?')
    const texts = Object.entries(EXACTLY).map(([by, exactly]) => [by, `${near} AND ${exactly}`] as const)
    return [kind, Object.fromEntries(texts) as Record<ByTerm, string>]
  }),
) as Readonly<Partial<Record<RecordKind, Readonly<Record<ByTerm, string>>>>>

/** The WHERE clause of an exact look-up (`h` the narrow table, `r` the rows); each is answered by an index or by terms. */
export function lookUpSql(kind: RecordKind, lookUp: OpenLookUp): Where {
  switch (lookUp.by) {
    case 'name':
      return { where: 'h.name = ? AND h.superseded IS NULL', values: [lookUp.name] }
    case 'serialNumber':
      return byTerm(kind, 'serialNumber', [serialTerm(lookUp.serialNumber), lookUp.serialNumber])
    case 'fingerprint':
      return byHash(kind, 'fingerprint', lookUp.fingerprint)
    case 'keyId':
      return byHash(kind, 'keyId', lookUp.keyId)
    case 'subject':
      return kind === 'certificate'
        ? byTerm(kind, 'subject', [textTerm('subject', casefold(lookUp.subject)), lookUp.subject])
        : { where: EXACTLY.subject, values: [lookUp.subject] }
    case 'hex':
      return byPrefix(kind, lookUp.prefix.toLowerCase())
    default:
      return NOTHING
  }
}

function byTerm(
  kind: RecordKind,
  by: ByTerm,
  [term, value]: readonly [term: SqlValue, value: SqlValue],
): Where {
  const where = BY_TERM[kind]?.[by]
  return where === undefined
    ? { where: EXACTLY[by], values: [value] }
    : { where, values: [term, term, value] }
}

function byHash(kind: RecordKind, by: 'fingerprint' | 'keyId', hex: string): Where {
  if (!/^(?:[0-9a-f]{2})+$/.test(hex)) return NOTHING
  const octets = Buffer.from(hex, 'hex')
  return byTerm(kind, by, [octets.subarray(0, HEAD_OCTETS), octets])
}

/** Hashes that begin with these digits are those between the digits followed by zeros and followed by Fs. */
function byPrefix(kind: RecordKind, prefix: string): Where {
  if (!/^[0-9a-f]+$/.test(prefix)) return NOTHING
  const fitting = HASHES[kind].filter(([, digits]) => prefix.length <= digits)
  if (fitting.length === 0) return NOTHING
  const exactly = fitting.map(([column]) => `h.${column} BETWEEN ? AND ?`).join(' OR ')
  // the beginnings of all hashes are terms of the same tree
  const heads = rangeOf(prefix, 2 * HEAD_OCTETS)
  return {
    where: `${withTerm(kind, 'BETWEEN ? AND ?')} AND (${exactly})`,
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
