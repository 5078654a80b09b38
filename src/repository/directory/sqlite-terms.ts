import { fromHex } from '../../base/bytes.ts'
import { foldNameText } from '../../base/fold-name.ts'
import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import type { SqlCondition } from '../../query/sql.ts'
import type { Cursors } from './sqlite-cursors.ts'
import { HASHES, HEAD_OCTETS, headOf } from './sqlite-schema.ts'
import type { SqlValue } from './sqlite.ts'

// Which records have a value: a term is the beginning of a hash (octets), the end of a serial number (text) or a small
// hash of a longer text (integer). It is never the whole value: who looks one up compares the values of what it finds.
//
// Terms are in no order, and among a million each new one would change another page of a large tree. So there are two:
// new terms go into the young one, whose few pages stay in the cache; when it has grown, they go into the settled one
// together and in its order, which then writes each of its pages once for many of them.

/** Terms in the young tree of a kind that are worth a pass over the settled one: some 16,000 certificates, 2 MB. */
const ENOUGH = 100_000

/** Records that may share a term: of more than these, another index or a walk over all finds the wanted ones sooner. */
const FEW = 10_000

const TREES = ['young', 'settled'] as const

/** Digits of a serial number that are its term: the first ones may be the same in all. */
const SERIAL_DIGITS = 10

/** Kinds of which there may be so many that exact look-ups need terms. */
export const hasTerms = (kind: RecordKind): boolean => HASHES[kind].length > 0

/** A small number that equal texts of a field share (FNV-1a, 32 bits): an index on it is a tenth of one on long texts. */
export function textTerm(field: string, value: string): number {
  let hash = 0x811c9dc5
  // texts of different fields have different numbers: a frequent tag is in the way of no host name
  for (let at = 0; at < field.length; at++) hash = Math.imul(hash ^ field.charCodeAt(at), 0x01000193)
  for (let at = 0; at < value.length; at++) hash = Math.imul(hash ^ value.charCodeAt(at), 0x01000193)
  return hash
}

/** The term of a folded subject: names that differ in spaces alone share it. */
export const subjectTerm = (folded: string): number => textTerm('subject', foldNameText(folded))

/** The terms of all records of a kind, from the columns of its narrow table. */
const view = (kind: RecordKind): string => `
CREATE VIEW ${kind}_terms(term, n) AS
  ${HASHES[kind]
    .map(([column]) => `SELECT ${headOf(column)}, n FROM ${kind} WHERE ${column} IS NOT NULL UNION ALL`)
    .join('\n  ')}
  SELECT substr(serial, -${SERIAL_DIGITS}), n FROM ${kind} WHERE serial IS NOT NULL UNION ALL
  SELECT subjectHash, n FROM ${kind} WHERE subjectHash IS NOT NULL UNION ALL
  SELECT e.value, n FROM ${kind}, json_each(listHashes) e WHERE listHashes IS NOT NULL;`

const tables = (kind: RecordKind): string => `
${view(kind)}
${TREES.map((tree) => `CREATE TABLE ${kind}_${tree}(term, n INTEGER, PRIMARY KEY(term, n)) WITHOUT ROWID;`).join('\n')}
INSERT OR IGNORE INTO ${kind}_settled SELECT term, n FROM ${kind}_terms ORDER BY term, n;`

/** Makes the terms of all records that are there. */
export const TERMS = RECORD_KINDS.filter(hasTerms).map(tables).join('\n')

/** The numbers of the records that have a term that fits, such as `= ?`; the parameters come twice. */
const numbersOf = (kind: RecordKind, fits: string): string =>
  TREES.map((tree) => `SELECT n FROM ${kind}_${tree} WHERE term ${fits}`).join(' UNION ALL ')

/** A condition on `h` (the narrow table): records that have a term that fits; the parameters come twice. */
export const withTerm = (kind: RecordKind, fits: string): string => `h.n IN (${numbersOf(kind, fits)})`

/**
 * What to select from: the numbers of the records that have a term, ascending, found one by one as they are asked for; the
 * parameter comes twice. A record has a term in one of the trees only. (Without its LIMIT, SQLite ignores an order in FROM.)
 */
export const numbersInOrder = (kind: RecordKind): string => `(${numbersOf(kind, '= ?')} ORDER BY n LIMIT -1)`

/** Answers a row when any record has a term, the parameter. */
export const anyWithTerm = (kind: RecordKind): string =>
  `${TREES.map((tree) => `SELECT n FROM ${kind}_${tree} WHERE term = ?1`).join(' UNION ALL ')} LIMIT 1`

/** The beginning of a hash; undefined for what is none. */
const headTerm = (hex: string): SqlValue | undefined =>
  /^(?:[0-9a-f]{2})+$/i.test(hex) ? fromHex(hex).subarray(0, HEAD_OCTETS) : undefined

/** The end of a serial number. */
export const serialTerm = (serialNumber: string): string => serialNumber.slice(-SERIAL_DIGITS)

const TERMS_OF: Readonly<Record<string, (value: string) => SqlValue | undefined>> = {
  serialNumber: serialTerm,
  thumbprint: headTerm,
  fingerprint: headTerm,
  'publicKey.spkiHash': headTerm,
  tags: (tag) => textTerm('tags', tag),
}

const TERMS_OF_CERTIFICATES: typeof TERMS_OF = {
  ...TERMS_OF,
  subject: subjectTerm,
  subjectAltName: (name) => textTerm('subjectAltName', name),
}

/**
 * The records in which a field has one of these values are among those that this finds. Undefined for fields without
 * terms, and where so many have the term that other ways are shorter.
 */
export function candidates(
  cursors: Cursors,
  kind: RecordKind,
  [path, values]: readonly [path: string, values: readonly string[]],
): SqlCondition | undefined {
  const termOf = (kind === 'certificate' ? TERMS_OF_CERTIFICATES : TERMS_OF)[path]
  if (!hasTerms(kind) || !termOf || values.length === 0) return undefined
  const terms = values.map(termOf).filter((term) => term !== undefined)
  if (terms.length < values.length) return undefined
  const fits = `IN (${terms.map(() => '?').join(', ')})`
  const twice = [...terms, ...terms]
  const count = `SELECT count(*) AS total FROM (${numbersOf(kind, fits)} LIMIT ${FEW})`
  const isFew = (cursors.kept(count).get(...twice)?.['total'] as number) < FEW
  return isFew ? { sql: withTerm(kind, fits), values: twice } : undefined
}

/** Keeps the terms in step with the narrow tables, on one connection. */
export class Terms {
  readonly #cursors: Cursors
  readonly #enough: number
  readonly #changed = new Set<RecordKind>()

  /** @param enough young terms of a kind that are worth a pass over the settled ones */
  constructor(cursors: Cursors, enough = ENOUGH) {
    this.#cursors = cursors
    this.#enough = enough
  }

  /** Adds those of the records with these numbers; those that a record had already stay as they are. */
  add(kind: RecordKind, numbers: readonly number[]): void {
    if (!hasTerms(kind) || numbers.length === 0) return
    const sql = `INSERT OR IGNORE INTO ${kind}_young SELECT term, n FROM ${kind}_terms WHERE n BETWEEN ? AND ?`
    const statement = this.#cursors.kept(sql)
    for (const [first, last] of runsOf(numbers)) statement.run(first, last)
    this.#changed.add(kind)
  }

  /** Takes away those that a record has now. */
  drop(kind: RecordKind, n: number): void {
    if (!hasTerms(kind)) return
    for (const tree of TREES) {
      const sql = `DELETE FROM ${kind}_${tree} WHERE n = ?1 AND term IN (SELECT term FROM ${kind}_terms WHERE n = ?1)`
      this.#cursors.kept(sql).run(n)
    }
  }

  /** Takes all away. */
  clear(): void {
    for (const kind of RECORD_KINDS.filter(hasTerms))
      for (const tree of TREES) this.#cursors.kept(`DELETE FROM ${kind}_${tree}`).run()
  }

  /** Puts the young terms to the settled ones where there are enough. */
  settle(): void {
    for (const kind of this.#changed) {
      const young = this.#cursors.kept(`SELECT count(*) AS total FROM ${kind}_young`).get()
      if ((young?.['total'] as number) < this.#enough) continue
      this.#cursors.kept(`INSERT OR IGNORE INTO ${kind}_settled SELECT term, n FROM ${kind}_young`).run()
      this.#cursors.kept(`DELETE FROM ${kind}_young`).run()
    }
    this.#changed.clear()
  }
}

/** Numbers as first and last of each that has no gaps. */
function runsOf(numbers: readonly number[]): readonly (readonly [first: number, last: number])[] {
  const runs: [number, number][] = []
  for (const n of numbers) {
    const run = runs.at(-1)
    if (run && run[1] === n - 1) run[1] = n
    else runs.push([n, n])
  }
  return runs
}
