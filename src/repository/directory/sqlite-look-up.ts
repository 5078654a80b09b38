import { fromHex } from '../../base/bytes.ts'
import type { RecordKind } from '../../domain/records.ts'
import { hasDecimalIds } from '../record-index.ts'
import type { LookUp } from '../repository.ts'
import { textHash } from './sqlite-rows.ts'
import { HASHES, HEAD_OCTETS, headOf } from './sqlite-schema.ts'
import type { SqlValue } from './sqlite.ts'

interface Where {
  readonly where: string
  readonly values: readonly SqlValue[]
}

const NOTHING: Where = { where: '0', values: [] }

/** What may find several records. */
type OpenLookUp = Exclude<LookUp, { readonly by: 'id' }>

/** The WHERE clause of an exact look-up (`h` the narrow table, `r` the rows); each is answered by an index. */
export function lookUpSql(kind: RecordKind, lookUp: OpenLookUp): Where {
  switch (lookUp.by) {
    case 'name':
      return { where: 'h.name = ? AND h.superseded IS NULL', values: [lookUp.name] }
    case 'serialNumber':
      return { where: 'h.serial = ?', values: [lookUp.serialNumber] }
    case 'fingerprint':
      return equal('fingerprint', lookUp.fingerprint)
    case 'keyId':
      return equal('keyHash', lookUp.keyId)
    case 'subject':
      return {
        where: "h.subjectHash = ? AND json_extract(r.row, '$.subject') = ?",
        values: [textHash(lookUp.subject), lookUp.subject],
      }
    case 'hex':
      return byPrefix(kind, lookUp.prefix.toLowerCase())
    default:
      return NOTHING
  }
}

/** The index has the beginnings of the hashes only: the whole is compared as well. */
const EQUAL = {
  fingerprint: `${headOf('h.fingerprint')} = ? AND h.fingerprint = ?`,
  keyHash: `${headOf('h.keyHash')} = ? AND h.keyHash = ?`,
} as const

function equal(column: keyof typeof EQUAL, hex: string): Where {
  if (!/^(?:[0-9a-f]{2})+$/.test(hex)) return NOTHING
  const value = fromHex(hex)
  return { where: EQUAL[column], values: [value.subarray(0, HEAD_OCTETS), value] }
}

/** Hashes that begin with these digits are those between the digits followed by zeros and followed by Fs. */
function byPrefix(kind: RecordKind, prefix: string): Where {
  if (!/^[0-9a-f]+$/.test(prefix)) return NOTHING
  const fitting = HASHES[kind].filter(([, digits]) => prefix.length <= digits)
  if (fitting.length === 0) return NOTHING
  const ranges = fitting.map(
    ([column]) => `(${headOf(`h.${column}`)} BETWEEN ? AND ? AND h.${column} BETWEEN ? AND ?)`,
  )
  return {
    where: ranges.join(' OR '),
    values: fitting.flatMap(([, digits]) => {
      const [low, high] = [fromHex(prefix.padEnd(digits, '0')), fromHex(prefix.padEnd(digits, 'f'))]
      return [low.subarray(0, HEAD_OCTETS), high.subarray(0, HEAD_OCTETS), low, high]
    }),
  }
}

/** The WHERE clause of one id, whose value `idValue` gives. */
export const idTest = (kind: RecordKind): string => (hasDecimalIds(kind) ? 'h.n = ?' : 'h.id = ?')

/** An id that is no number fits no record: -1 is none's. */
export const idValue = (kind: RecordKind, id: string): SqlValue =>
  hasDecimalIds(kind) ? (/^[1-9]\d{0,14}$/.test(id) ? Number(id) : -1) : id
