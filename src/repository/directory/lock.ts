import { setTimeout as delay } from 'node:timers/promises'
import { CertmanError } from '../../base/errors.ts'
import { printable } from '../../base/text.ts'
import type { Files } from './files.ts'
import { fileLock } from './lock-file.ts'
import { LOCK, LOCK_HOLDER, LOCK_WANTED } from './paths.ts'
import { hasSqlite, openDatabase, SQLITE, sqliteCode, type Database } from './sqlite.ts'

/** Who wants the lock, and how long to wait for it. */
export interface LockRequest {
  readonly timeoutMs: number
  /** What the holder tells those who wait: process, host, command, since when. */
  readonly holder: LockHolder
  readonly connection: LockConnection
}

/** The process that has the lock. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  readonly command: string
  /** RFC 3339 UTC. */
  readonly since: string
}

/** A lock that is held. */
export interface Lock {
  release(): void
}

/** Tries once: a held lock, or undefined when somebody else has it. */
type TryLock = (files: Files, request: Omit<LockRequest, 'timeoutMs'>) => Lock | undefined

// between two tries; short first, since most transactions take milliseconds
const FIRST_PAUSE_MS = 1
const LONGEST_PAUSE_MS = 10

// who writes without end lets those in other processes have a turn: after so long, for longer than they pause
const TURN_MS = 50
const REST_MS = 20

/**
 * Waits for the store's only write lock, which dies with its holder.
 *
 * @throws {CertmanError} `store.locked` after the timeout, saying who holds it
 */
export async function acquireLock(files: Files, request: LockRequest): Promise<Lock> {
  await request.connection.rest()
  return tryLock(files, request) ?? waitForLock(files, request)
}

async function waitForLock(files: Files, request: LockRequest): Promise<Lock> {
  // a monotonic clock for waiting only; what is written to files comes from the ambient one. It takes Node a
  // millisecond to load, so who need not wait does not look at it
  const deadline = performance.now() + request.timeoutMs
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const lock = tryLock(files, request)
    if (lock) return lock
    const left = deadline - performance.now()
    if (left <= 0) throw givenUp(files, request.timeoutMs)
    if (pause === LONGEST_PAUSE_MS) sayWanted(files)
    await delay(Math.min(pause * (0.5 + (performance.now() % 1)), left))
  }
}

/** Tells the holder, who may be about to take the lock again, that others wait. */
function sayWanted(files: Files): void {
  try {
    if (hasSqlite() && !files.facts(LOCK_WANTED)) files.writeAt(LOCK_WANTED, 0, '')
  } catch {
    // a full disk: it goes by luck then
  }
}

/** Leaves the store as it was; others who wait say so again. */
function givenUp(files: Files, timeoutMs: number): CertmanError {
  try {
    files.remove(LOCK_WANTED)
  } catch {
    // the sign stays, and costs the holder one rest
  }
  return lockedError(files, timeoutMs)
}

/** Takes the lock if nobody has it. */
export const tryLock: TryLock = (files, request) =>
  hasSqlite() ? databaseLock(files, request) : fileLock(files, request.holder)

interface OpenLock {
  readonly database: Database
  readonly inode: number | undefined
}

/** A connection to the lock file from one transaction to the next: opening it takes longer than locking. */
export class LockConnection {
  #idle: OpenLock | undefined
  /** By `performance.now()`; undefined until others had to be let in. */
  #turnEnds: number | undefined
  #restEnds: number | undefined

  /** Nobody else has it until it comes back. */
  take(files: Files): OpenLock {
    // made here so that it is 0600 from the start; SQLite would use the umask
    if (!files.facts(LOCK)) files.writeAt(LOCK, 0, '')
    const inode = files.facts(LOCK)?.inode
    const idle = this.#idle
    this.#idle = undefined
    // a lock on a file that somebody took away keeps nobody out
    if (idle?.inode === inode && idle) return idle
    idle?.database.close()
    return { database: openDatabase(files.absolute(LOCK), 0), inode }
  }

  giveBack(open: OpenLock): void {
    this.close()
    this.#idle = open
  }

  /** The lock was released: somebody else may be waiting for it for long. */
  endTurn(files: Files): void {
    if (this.#isInTurn() || !files.facts(LOCK_WANTED)) return
    this.#restEnds = performance.now() + REST_MS
    files.remove(LOCK_WANTED)
  }

  #isInTurn(): boolean {
    return this.#turnEnds !== undefined && performance.now() < this.#turnEnds
  }

  /** Before the lock is taken again: time for others to take it, where they had none yet. */
  async rest(): Promise<void> {
    if (this.#restEnds === undefined) return
    const left = this.#restEnds - performance.now()
    this.#restEnds = undefined
    if (left > 0) await delay(left)
    this.#turnEnds = performance.now() + TURN_MS
  }

  close(): void {
    this.#idle?.database.close()
    this.#idle = undefined
  }
}

const databaseLock: TryLock = (files, { holder, connection }) => {
  let open: OpenLock | undefined
  try {
    open = connection.take(files)
    // nothing is ever written to it: no journal beside it
    open.database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    const code = sqliteCode(error)
    const isBusy = code === SQLITE.busy || code === SQLITE.locked
    if (open && isBusy) connection.giveBack(open)
    else open?.database.close()
    if (isBusy) return undefined
    throw open || code !== undefined ? cannotLock(files, error) : error
  }
  const { database } = open
  try {
    files.write(LOCK_HOLDER, `${JSON.stringify(holder)}\n`)
  } catch (error) {
    // a full disk: who does not get as far as working must not keep the others waiting
    database.close()
    throw error
  }
  return { release: () => release(files, open, connection) }
}

function release(files: Files, open: OpenLock, connection: LockConnection): void {
  try {
    files.remove(LOCK_HOLDER)
  } catch {
    // only those who wait read it, and the next holder writes it anew
  }
  try {
    open.database.exec('ROLLBACK')
    connection.giveBack(open)
  } catch {
    return open.database.close()
  }
  try {
    connection.endTurn(files)
  } catch {
    // a disk that became read-only: the sign stays, and costs a rest now and then
  }
}

const cannotLock = (files: Files, cause: unknown): CertmanError =>
  new CertmanError('store.not-writable', `cannot lock ${files.absolute('')}`, { cause })

function lockedError(files: Files, timeoutMs: number): CertmanError {
  const store = files.absolute('')
  const waited = `after ${timeoutMs / 1000} s`
  return new CertmanError('store.locked', `${store} is still locked ${waited}: ${describeHolder(files)}`)
}

function describeHolder(files: Files): string {
  try {
    const { pid, host, command, since } = JSON.parse(files.read(LOCK_HOLDER).toString('utf8')) as LockHolder
    return printable(`process ${pid} on ${host} (certman ${command}) has it since ${since}`)
  } catch {
    return 'another process has it'
  }
}
