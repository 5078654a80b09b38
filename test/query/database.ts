import { createRequire } from 'node:module'
import type { JsonObject } from '../../src/base/json.ts'
import type { Filter, Sort } from '../../src/domain/filter.ts'
import { SQL_FUNCTIONS, casefold } from '../../src/query/fold.ts'
import { orderBy } from '../../src/query/sort.ts'
import type { SqlOptions } from '../../src/query/sql.ts'
import { jsonColumn, toSql } from '../../src/query/sql.ts'
import { formatName } from '../../src/x509/name.ts'
import { NOW } from './rows.ts'

interface Database {
  exec(sql: string): void
  function(name: string, options: object, call: (value: unknown) => unknown): void
  prepare(sql: string): {
    run(...params: unknown[]): unknown
    all(...params: unknown[]): Record<string, unknown>[]
  }
}

/** A store's index in miniature: columns for some fields, JSON for the others. */
export interface Index {
  load(rows: readonly JsonObject[]): void
  /** Positions of the rows that fit, in ascending order. */
  select(filter: Filter): number[]
  /** Positions of all rows in this order. */
  sorted(sorts: readonly Sort[]): number[]
  /** What SQLite plans to do. */
  plan(filter: Filter): string
}

const COLUMNS: Readonly<Record<string, string>> = { id: 'id', notAfter: 'notAfter', thumbprint: 'thumbprint' }

const LIST_TEXTS: Readonly<Record<string, string>> = {
  subjectAltName: 'sanFold',
  subjectAttributes: 'subjectFold',
}

/** @param hot whether the folded and list text columns are used too */
export function openIndex(hot: boolean): Index {
  const { DatabaseSync } = createRequire(import.meta.url)('@photostructure/sqlite') as {
    DatabaseSync: new (path: string) => Database
  }
  const db = new DatabaseSync(':memory:')
  for (const [name, call] of Object.entries(SQL_FUNCTIONS)) db.function(name, { deterministic: true }, call)
  db.exec(
    'CREATE TABLE t (at INTEGER PRIMARY KEY, id INTEGER, notAfter TEXT, thumbprint TEXT, nameFold TEXT, sanFold TEXT, subjectFold TEXT, row TEXT)',
  )
  db.exec('CREATE INDEX byNotAfter ON t (notAfter)')
  db.exec('CREATE INDEX byName ON t (nameFold)')
  db.exec('CREATE INDEX byThumbprint ON t (thumbprint)')
  const options: SqlOptions = {
    kind: 'certificate',
    now: NOW,
    column: (path) => COLUMNS[path] ?? jsonColumn(path, 'row'),
    ...(hot && {
      folded: (path: string) => (path === 'name' ? 'nameFold' : `casefold(${jsonColumn(path, 'row')})`),
      listText: (path: string) => LIST_TEXTS[path],
    }),
  }
  const where = (filter: Filter): readonly [string, ...unknown[]] => {
    const sql = toSql(filter, options)
    return [sql.where, ...sql.params]
  }
  return {
    load: (rows) => load(db, rows),
    select(filter) {
      const [sql, ...params] = where(filter)
      return db
        .prepare(`SELECT at FROM t WHERE ${sql} ORDER BY at`)
        .all(...params)
        .map((one) => Number(one['at']))
    },
    sorted(sorts) {
      const { sql, params } = orderBy(sorts, options)
      return db
        .prepare(`SELECT at FROM t ORDER BY ${sql}, at`)
        .all(...params)
        .map((one) => Number(one['at']))
    },
    plan(filter) {
      const [sql, ...params] = where(filter)
      const steps = db.prepare(`EXPLAIN QUERY PLAN SELECT at FROM t WHERE ${sql}`).all(...params)
      return steps.map((step) => String(step['detail'])).join('\n')
    },
  }
}

function load(db: Database, rows: readonly JsonObject[]): void {
  db.exec('DELETE FROM t')
  const insert = db.prepare('INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  for (const [at, row] of rows.entries()) {
    const names = (row['subjectAltName'] ?? []) as readonly { readonly value: string }[]
    const name = row['name'] ?? null
    insert.run(
      at,
      Number(row['id']),
      row['notAfter'],
      row['thumbprint'],
      typeof name === 'string' ? casefold(name) : null,
      names.map((one) => casefold(one.value)).join('\n'),
      casefold(nameText((row['subjectAttributes'] ?? []) as unknown as Rdns)),
      JSON.stringify(row),
    )
  }
}

type Rdns = readonly (readonly { readonly type: string; readonly value: string }[])[]

/** As the subject of a certificate with these attributes reads. */
const nameText = (rdns: Rdns): string =>
  formatName(rdns.map((rdn) => rdn.map((one) => ({ ...one, oid: '', encoding: 'utf8String' }))))
