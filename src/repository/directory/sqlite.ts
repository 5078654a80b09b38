import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { OWN_PLACE } from '../../base/own-place.ts'

/** The part of the API of `node:sqlite` that the index and the lock use. */
export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  function(name: string, options: { deterministic: boolean }, call: (value: unknown) => SqlValue): void
  close(): void
}

/** What SQLite takes and gives. */
export type SqlValue = string | number | null | Uint8Array

/** A prepared statement; it has one cursor. */
export interface Statement {
  run(...values: readonly SqlValue[]): { readonly lastInsertRowid: number }
  get(...values: readonly SqlValue[]): Record<string, SqlValue> | undefined
  all(...values: readonly SqlValue[]): Record<string, SqlValue>[]
  iterate(...values: readonly SqlValue[]): Iterable<Record<string, SqlValue>>
}

interface Options {
  readonly timeout: number
}

interface Engine {
  readonly DatabaseSync: new (path: string, options: Options) => Database
}

/** `node:sqlite` is stable and current enough from here on. */
const BUILT_IN_SINCE: readonly [number, number] = [24, 15]

// `process` is named for the version of Node, for loading the addon, and nothing else: no other module tells
function loadEngine(): Engine | undefined {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number]
  if (major > BUILT_IN_SINCE[0] || (major === BUILT_IN_SINCE[0] && minor >= BUILT_IN_SINCE[1]))
    return createRequire(OWN_PLACE)('node:sqlite') as Engine
  return loadPrebuilt() ?? loadPackage()
}

/** The prebuilt addon itself: spares the package's own start (6 ms of a whole process), and its look-up (2 ms). */
function loadPrebuilt(): Engine | undefined {
  const name = `${process.platform}-${process.arch}/@photostructure+sqlite.glibc.node`
  for (let folder = dirname(OWN_PLACE); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'node_modules/@photostructure/sqlite/prebuilds', name)
    if (!existsSync(file)) continue
    try {
      const addon = { exports: {} }
      process.dlopen(addon, file)
      return addon.exports as Engine
    } catch {
      return undefined // musl, say: the package itself knows
    }
  }
  return undefined // another platform, or not installed
}

function loadPackage(): Engine | undefined {
  try {
    return createRequire(OWN_PLACE)('@photostructure/sqlite') as Engine
  } catch {
    return undefined // an optional dependency: without it the index lives in memory
  }
}

let engine: Engine | undefined | null = null

/** Whether this installation can open SQLite databases. */
export function hasSqlite(): boolean {
  if (engine === null) engine = loadEngine()
  return engine !== undefined
}

/**
 * Opens or makes a database.
 *
 * @param timeout milliseconds that a statement waits, blocking, for another process
 */
export function openDatabase(path: string, timeout: number): Database {
  if (!hasSqlite() || !engine) throw new TypeError('openDatabase: no SQLite here')
  return new engine.DatabaseSync(path, { timeout })
}

/** Primary result codes by name. */
export const SQLITE = {
  error: 1,
  busy: 5,
  locked: 6,
  readonly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const

/**
 * How SQLite words what shows while rows are read (`sqlite3_errstr`): @photostructure/sqlite gives no code with what `all`
 * and `iterate` throw in the midst of a result.
 */
const WORDS = new Map<string, number>([
  ['database disk image is malformed', SQLITE.corrupt],
  ['file is not a database', SQLITE.notADatabase],
  ['disk I/O error', SQLITE.ioError],
  ['database or disk is full', SQLITE.full],
])

/** The primary result code of an SQLite error (https://www.sqlite.org/rescode.html); undefined for other errors. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  const { errcode, code } = error as { errcode?: unknown; code?: unknown }
  if (typeof errcode === 'number') return errcode & 0xff
  return code === 'ERR_SQLITE_ERROR' ? WORDS.get(error.message) : undefined
}

/** Whether an error says that the index is not one, or is damaged (cut off: an I/O error): it must be built anew. */
export const isCorrupt = (error: unknown): boolean =>
  [SQLITE.corrupt, SQLITE.notADatabase, SQLITE.ioError].some((code) => sqliteCode(error) === code) ||
  isBare(error)

/** SQLite opens an empty database where somebody took the index away. */
const isBare = (error: unknown): boolean =>
  sqliteCode(error) === SQLITE.error && /\bno such table\b/.test((error as Error).message)

/** Whether an error says that the index cannot be opened for writing here. */
export const isUnopenable = (error: unknown): boolean =>
  [SQLITE.cantOpen, SQLITE.readonly].some((code) => sqliteCode(error) === code)
