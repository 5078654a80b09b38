import { expect, test } from 'vitest'
import type { RecordKind } from '../../../src/domain/records.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { orderBy } from '../../../src/query/sort.ts'
import { toSql } from '../../../src/query/sql.ts'
import type { LookUp } from '../../../src/repository/repository.ts'
import { Cursors } from '../../../src/repository/directory/sqlite-cursors.ts'
import { searchFor } from '../../../src/repository/directory/sqlite-look-up.ts'
import { from, sqlOptions } from '../../../src/repository/directory/sqlite-select.ts'
import type { Database, SqlValue } from '../../../src/repository/directory/sqlite.ts'
import { emptyIndex } from './empty-index.ts'

/** How SQLite would answer a listing in a store of any size. */
function planOf(kind: RecordKind, filter: string): string {
  const { database } = emptyIndex()
  const options = sqlOptions(kind, new Date(0), new Cursors(database))
  const { where, params } = toSql(parseFilter(filter, kind), options)
  const order = orderBy([], options)
  const sql = `${from(kind)} WHERE ${where} ORDER BY ${order.sql} LIMIT 50`
  return explain(database, { sql, values: [...params, ...order.params] })
}

function explain(
  database: Database,
  { sql, values }: { readonly sql: string; readonly values: readonly SqlValue[] },
): string {
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values)
  database.close()
  return plan.map(({ detail }) => String(detail)).join('\n')
}

test.each([
  ['certificate', 'name = web', 'INDEX certificate_nameFolded'],
  ['certificate', 'name ^= web', 'INDEX certificate_nameFolded'],
  ['certificate', 'state = revoked', 'INDEX certificate_revoked'],
  ['certificate', 'state = superseded', 'INDEX certificate_superseded'],
  ['certificate', 'authorityId = 1', 'INDEX certificate_authority'],
  ['certificate', 'san = web.example', 'certificate_settled USING PRIMARY KEY (term=?)'],
  ['certificate', 'san = dns:web.example', 'certificate_settled USING PRIMARY KEY (term=?)'],
  ['certificate', 'tag in (a, b)', 'certificate_settled USING PRIMARY KEY (term=?)'],
  ['certificate', 'subject = "CN=web"', 'certificate_settled USING PRIMARY KEY (term=?)'],
  ['certificate', 'serialNumber = 0a', 'certificate_settled USING PRIMARY KEY (term=?)'],
  ['certificate', `thumbprint = ${'0A'.repeat(20)}`, 'certificate_settled USING PRIMARY KEY (term=?)'],
  ['certificate', `fingerprint = ${'0a'.repeat(32)}`, 'certificate_settled USING PRIMARY KEY (term=?)'],
  ['request', 'state = outstanding', 'INDEX request_state'],
  ['request', `fingerprint = ${'0a'.repeat(32)}`, 'request_settled USING PRIMARY KEY (term=?)'],
] as const)(
  'when %ss are listed by %s then an index is searched, and no table is walked over',
  (...asked) => {
    const [kind, filter, index] = asked
    const plan = planOf(kind, filter)
    expect(plan).toContain(index)
    expect(plan).not.toMatch(/^SCAN [hr]\b(?!.* USING INDEX)/m)
  },
)

const BY_TERM: readonly LookUp[] = [
  { by: 'serialNumber', serialNumber: '0a' },
  { by: 'fingerprint', fingerprint: '0a'.repeat(32) },
  { by: 'keyId', keyId: '0a'.repeat(32) },
  { by: 'subject', subject: 'CN=web' },
]

test.each(BY_TERM)(
  'when certificates are looked up by $by then those found are read in order, and no more than are wanted',
  (lookUp) => {
    const search = searchFor('certificate', lookUp as Exclude<LookUp, { readonly by: 'id' }>)
    const plan = explain(emptyIndex().database, search!)
    for (const tree of ['young', 'settled'])
      expect(plan).toContain(`SEARCH certificate_${tree} USING PRIMARY KEY (term=?)`)
    expect(plan).not.toMatch(/TEMP B-TREE|LIST SUBQUERY|MATERIALIZE|SCAN [hr]\b/)
  },
)
