import { logEnd, positionOf, type LogEnd } from './change-log.ts'
import { isUnwritable, type Files } from './files.ts'
import { readHead, type HeadFile } from './head.ts'
import { MemoryHost, type IndexHost } from './index-host.ts'
import { isPending } from './journal.ts'
import { acquireLock, LockConnection, tryLock, type Lock, type LockRequest } from './lock.ts'
import { ownPid } from './lock-file.ts'
import type { OpenOptions } from './options.ts'
import type { StorePath } from './paths.ts'
import type { rebuildIndex as Rebuild, Rebuilt, RebuildPlace } from './rebuild.ts'
import { SqliteHost } from './sqlite-host.ts'
import { hasSqlite, isCorrupt, isUnopenable } from './sqlite.ts'

/** A writer may have come to its end between two glances of a reader, and begun anew: then neither fits the other. */
const LOOKS = 8

/** What a writer begins with; nobody else changes it meanwhile. */
export interface WriterView {
  readonly host: IndexHost
  readonly head: HeadFile
  readonly end: LogEnd | undefined
  /** Of the index. */
  readonly position: string
}

/** An index that was built anew, and from what. */
type NewIndex = Rebuilt & { readonly host: IndexHost }

/** Keeps the index in step with the files: opens, notices what is stale, rebuilds. */
export class IndexKeeper {
  readonly #files: Files
  readonly #options: OpenOptions
  #connection: LockConnection | undefined
  #host: IndexHost | undefined
  #isReadOnly = false
  /** Folders that this user may not read and was told of: an index in memory lacks what lies there. */
  readonly #closed = new Set<StorePath>()

  constructor(files: Files, options: OpenOptions) {
    this.#files = files
    this.#options = options
  }

  /** An index that answers for the files as they are: at once where it is known. Waits for nobody, unless there is none. */
  current(): IndexHost | Promise<IndexHost> {
    return this.#host && !this.#isOutdated(this.#host) ? this.#host : this.#another()
  }

  async #another(): Promise<IndexHost> {
    this.#reopen()
    if (this.#host && this.#isFresh(this.#host) && !isPending(this.#files)) return this.#host
    try {
      return await this.#mend()
    } catch (error) {
      if (!isUnwritable(error)) throw error
      return this.#withoutWriting()
    }
  }

  /** Another text after every change of the index. */
  async version(): Promise<string> {
    return (await this.current()).version()
  }

  /** Gives an index in memory up before a change: who has the lock could write, there may be room on the disk again. */
  returnToDisk(): void {
    if (this.#isReadOnly) this.close()
    this.#isReadOnly = false
  }

  /** The same as `current` for the writer, who holds the lock: whatever is pending is finished first. */
  async currentForWriter(): Promise<WriterView> {
    if (!this.#host || this.#host.isReplaced()) this.#reopen()
    await this.#recover()
    let head = readHead(this.#files)
    const end = logEnd(this.#files)
    const position = positionOf(head.id, end)
    let host = this.#host
    if (!host || positionIn(host) !== position) {
      host = (await this.rebuild()).host
      head = readHead(this.#files)
    }
    return { host, head, end, position }
  }

  /** Builds the index anew. The caller holds the lock. */
  async rebuild(): Promise<NewIndex> {
    // reading the files is rare: who finds a fresh index starts without it
    const { rebuildIndex } = await import('./rebuild.ts')
    const place = { files: this.#files, describe: await this.#options.loadDescribe() }
    if (!hasSqlite() || this.#isReadOnly) return this.#rebuildInMemory(rebuildIndex, place)
    const { keepGivenIds } = await import('./given-ids.ts')
    await keepGivenIds(this.#files)
    if (this.#host instanceof SqliteHost) this.#host.retire()
    this.#host = undefined
    let rebuilt: Rebuilt | undefined
    const host = SqliteHost.build(this.#files, (index) => {
      rebuilt = rebuildIndex(place, index)
      return this.position()
    })
    this.#host = host
    return { host, ...rebuilt! }
  }

  #rebuildInMemory(rebuildIndex: typeof Rebuild, place: RebuildPlace): NewIndex {
    const host = this.#host instanceof MemoryHost ? this.#host : new MemoryHost()
    if (host !== this.#host) this.close()
    this.#host = host
    const draft = host.begin()
    const closed = (folder: StorePath): void => {
      if (!this.#closed.has(folder))
        this.#say(`this user may not read ${this.#files.absolute(folder)}: what lies there is not shown`)
      this.#closed.add(folder)
    }
    // only this process sees this index: it may lack what this user may not see
    const rebuilt = rebuildIndex({ ...place, ...(this.#isReadOnly && { closed }) }, draft.index)
    draft.commit(this.position())
    return { host, ...rebuilt }
  }

  /** Finishes or undoes what a writer that died left behind. The caller holds the lock. */
  async #recover(): Promise<void> {
    if (!isPending(this.#files)) return
    const { recover } = await import('./recover.ts')
    await recover(this.#files, this.#host, this.#options)
  }

  /** Finishes what a writer left behind that died beside this reader; one that is at work is left alone. */
  async settle(): Promise<void> {
    try {
      const lock = isPending(this.#files) ? tryLock(this.#files, this.lockRequest()) : undefined
      if (lock) await this.#mendLocked(lock)
    } catch (error) {
      if (!isUnwritable(error)) throw error
    }
  }

  /** Forgets an index that turned out to be damaged; the next call builds another. */
  discard(): void {
    this.close()
    if (hasSqlite() && !this.#isReadOnly) SqliteHost.remove(this.#files)
  }

  /** The position that a fresh index has. */
  position(): string {
    return positionOf(readHead(this.#files).id, logEnd(this.#files))
  }

  /** What to ask the lock for. */
  lockRequest(): LockRequest {
    const { ambient, command, lockTimeoutMs } = this.#options
    const host = ambient.actor.slice(ambient.actor.lastIndexOf('@') + 1)
    const holder = { pid: ownPid(), host, command, since: ambient.now().toISOString() }
    const connection = (this.#connection ??= new LockConnection())
    return { timeoutMs: lockTimeoutMs, holder, connection }
  }

  /** Closes the index; the next call opens it again. */
  close(): void {
    this.#host?.close()
    this.#host = undefined
  }

  /** Closes everything. */
  end(): void {
    this.close()
    this.#connection?.close()
  }

  #isOutdated(host: IndexHost): boolean {
    return host instanceof MemoryHost ? !this.#isFresh(host) : host.wasReplaced()
  }

  #isFresh(host: IndexHost): boolean {
    return positionIn(host) === this.position()
  }

  /** Opens the index that is there, if it is one. */
  #reopen(): void {
    if (this.#host instanceof MemoryHost) return
    if (this.#host instanceof SqliteHost) this.#host.retire()
    this.#host = undefined
    if (!hasSqlite()) return
    try {
      this.#host = SqliteHost.open(this.#files)
    } catch (error) {
      if (!isCorrupt(error) && !isUnopenable(error)) throw error
    }
  }

  /** Takes the lock and puts things right. A writer at work is no fault: the index as it is shows the state before. */
  async #mend(): Promise<IndexHost> {
    const request = this.lockRequest()
    for (let look = 0; look < LOOKS; look++) {
      const lock = tryLock(this.#files, request)
      if (lock) return this.#mendLocked(lock)
      if (this.#host && (isPending(this.#files) || this.#isFresh(this.#host))) return this.#host
    }
    return this.#mendLocked(await acquireLock(this.#files, request))
  }

  async #mendLocked(lock: Lock): Promise<IndexHost> {
    try {
      if (!this.#host) this.#reopen()
      await this.#recover()
      if (this.#host && this.#isFresh(this.#host)) return this.#host
      const why = this.#host
        ? 'it did not fit the change log'
        : 'it was missing, damaged or made by another version of certman'
      const isFirst = this.#host === undefined && !hasSqlite()
      const { host, records, problems } = await this.rebuild()
      if (!isFirst)
        this.#say(`the index of ${this.#files.absolute('')} was rebuilt from ${records} records: ${why}`)
      this.#sayProblems(problems)
      return host
    } finally {
      lock.release()
    }
  }

  /** A store that cannot be written is still read: its index lives in memory. */
  async #withoutWriting(): Promise<IndexHost> {
    this.#isReadOnly = true
    if (this.#host && this.#isFresh(this.#host)) return this.#host
    if (!(this.#host instanceof MemoryHost)) this.close()
    const { host, problems } = await this.rebuild()
    this.#sayProblems(problems)
    return host
  }

  #sayProblems(problems: Rebuilt['problems']): void {
    if (problems.length === 0) return
    const files = problems.length === 1 ? '1 file' : `${problems.length} files`
    this.#say(`${files} could not be taken into the index: see them with certman store check`)
  }

  #say(line: string): void {
    this.#options.onNotice?.(line)
  }
}

/** The position of an index; a damaged one has none, and is built anew. */
function positionIn(host: IndexHost): string | undefined {
  try {
    return host.position()
  } catch (error) {
    if (isCorrupt(error)) return undefined
    throw error
  }
}
