import { expect, test } from 'vitest'
import type { RecordKind } from '../../../src/domain/records.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { orderBy } from '../../../src/query/sort.ts'
import { toSql } from '../../../src/query/sql.ts'
import { Cursors } from '../../../src/repository/directory/sqlite-cursors.ts'
import { from, sqlOptions } from '../../../src/repository/directory/sqlite-select.ts'
import { emptyIndex } from './empty-index.ts'

/** How SQLite would answer a listing in a store of any size. */
function planOf(kind: RecordKind, filter: string): string {
  const { database } = emptyIndex()
  const options = sqlOptions(kind, new Date(0), new Cursors(database))
  const { where, params } = toSql(parseFilter(filter, kind), options)
  const order = orderBy([], options)
  const sql = `EXPLAIN QUERY PLAN ${from(kind)} WHERE ${where} ORDER BY ${order.sql} LIMIT 50`
  const plan = database.prepare(sql).all(...params, ...order.params)
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
