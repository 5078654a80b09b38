import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toSql } from '../../../src/query/sql.ts'
import { openDatabase } from '../../../src/repository/directory/sqlite.ts'
import { SqliteIndex } from '../../../src/repository/directory/sqlite-index.ts'
import { sqlOptions } from '../../../src/repository/directory/sqlite-select.ts'
import { addCertificates } from '../material.ts'
import { newStore } from './stores.ts'

test('when certificates are listed by name then an index is searched, and the table is not walked over', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 1, { name: 'Web' })
  await repository.close()
  const { database } = new SqliteIndex(openDatabase(join(path, 'index.sqlite'), 1000))
  const options = sqlOptions('certificate', new Date(0))
  const value = { type: 'text', value: 'web' } as const
  const { where, params } = toSql({ op: 'compare', field: 'name', operator: '=', value }, options)
  const sql = `EXPLAIN QUERY PLAN SELECT h.n FROM certificate h WHERE ${where}`
  const plan = database.prepare(sql).all(...params)
  expect(plan.map(({ detail }) => String(detail)).join()).toContain('INDEX certificate_nameFolded')
  expect(database.prepare(`SELECT h.n FROM certificate h WHERE ${where}`).all(...params)).toHaveLength(1)
  database.close()
})
