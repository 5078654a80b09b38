import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import { TurnLook } from '../../base/turn-look.ts'
import type { Query } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import type {
  Finding,
  IndexedRecord,
  LookUp,
  Repository,
  StoredRecord,
  StoreHead,
  WriteTransaction,
} from '../repository.ts'
import type { IndexEntry, IndexReading } from '../record-index.ts'
import type { DirectoryWriter, Written } from './directory-writer.ts'
import { asReadError, asStoreError, isUnwritable, type Files } from './files.ts'
import { IndexKeeper } from './index-keeper.ts'
import type { IndexHost } from './index-host.ts'
import { isPending } from './journal.ts'
import { KnownHead } from './known-head.ts'
import { acquireLock, type Lock } from './lock.ts'
import type { OpenOptions } from './options.ts'
import { isId } from '../ids.ts'
import { asEdited, asIndexed, cannotRead, nameOfEntry, readAttachment, readText } from './reading.ts'
import { SeenRecords } from './seen-records.ts'
import { isCorrupt } from './sqlite.ts'

// a reader may come between the files and the index of a transaction: it looks again after a moment
const LOOK_AGAIN = 200
const LOOK_AGAIN_MS = 10
/** Rows of a listing after which others of the process have their turn. */
const TURN = 500

/** A store in a folder: files are the truth, the index answers. */
export class DirectoryRepository implements Repository {
  readonly #files: Files
  readonly #options: OpenOptions
  readonly #keeper: IndexKeeper
  readonly #head: KnownHead
  readonly #version = new TurnLook(() => this.#lookAtVersion())
  readonly #seen = new SeenRecords()
  #writers: Promise<unknown> = Promise.resolve()
  #writer: DirectoryWriter | undefined

  constructor(files: Files, options: OpenOptions) {
    this.#files = files
    this.#options = options
    this.#keeper = new IndexKeeper(files, options)
    this.#head = new KnownHead(files)
  }

  /** Reads the head and makes sure that there is an index. @throws {CertmanError} see `readHead` */
  async open(): Promise<this> {
    try {
      this.#head.read()
      await this.#keeper.current()
      return this
    } catch (error) {
      this.#keeper.end()
      throw error
    }
  }

  head = async (): Promise<StoreHead> => this.#head.read()
  version = (): Promise<string> => this.#version.value

  list(kind: RecordKind, query: Query): AsyncIterable<IndexedRecord> {
    return this.#stream((host, now) => host.stream((index) => index.list(kind, query, now)))
  }

  texts(kind: RecordKind, query: Query): AsyncIterable<readonly string[]> {
    return this.#stream((host, now) => host.texts(kind, query, now))
  }

  async *#stream<T>(use: (host: IndexHost, now: Date) => Iterable<T>): AsyncIterable<T> {
    let count = 0
    try {
      for (const each of use(await this.#keeper.current(), this.#options.ambient.now())) {
        if (++count % TURN === 0) await turn()
        yield each
      }
    } catch (error) {
      if (!isCorrupt(error)) throw asReadError(error, this.#files.absolute(''))
      await this.#replaceIndex()
      // half a listing cannot go on in another index
      if (count > 0) throw asStoreError(error, this.#files.absolute(''))
      yield* use(await this.#keeper.current(), this.#options.ambient.now())
    }
  }

  count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    return this.#ask((index) => index.count(kind, query.filter, this.#options.ambient.now()))
  }

  async find(kind: RecordKind, lookUp: LookUp): Promise<readonly IndexedRecord[]> {
    if (lookUp.by !== 'id') return this.#ask((index) => index.find(kind, lookUp))
    const { book } = this.#seen
    const seen = book.take(kind, lookUp.id)
    if (seen) return [seen.entry]
    const found = await this.#ask((index) => index.find(kind, lookUp))
    if (found[0]) book.keep(found[0])
    return found
  }

  trashed(kind?: RecordKind): Promise<readonly IndexedRecord[]> {
    return this.#ask((index) => index.trashed(kind))
  }

  async read(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    if (!isId(kind, id)) return undefined
    for (let attempt = 1; ; attempt++) {
      const { book } = this.#seen
      const seen = attempt === 1 ? book.take(kind, id) : undefined
      if (seen?.stored) return seen.stored
      const entry = seen?.entry ?? (await this.#ask((index) => index.get(kind, id)))
      if (!entry) return undefined
      try {
        const stored = await this.#readEntry(entry)
        book.keep(entry, stored)
        return stored
      } catch (error) {
        // a writer that is just putting this record elsewhere is no damage
        if (attempt > 1 && (attempt > LOOK_AGAIN || !isPending(this.#files))) throw error
        await delay(attempt === 1 ? 1 : LOOK_AGAIN_MS)
        await this.#keeper.settle()
      }
    }
  }

  async readAttachment(kind: RecordKind, id: string): Promise<Uint8Array | undefined> {
    // what a writer that died left behind is finished first
    await this.#keeper.current()
    return isId(kind, id) ? readAttachment(this.#files, kind, id) : undefined
  }

  write<T>(body: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    const written = this.#writers.then(() => this.#write(body))
    // who waits for the change need not wait until the journal is rid of it; the next writer does
    this.#writers = written.then(({ isFinished }) => isFinished).catch(() => undefined)
    return written.then(({ result }) => result)
  }

  async #write<T>(body: (tx: WriteTransaction) => Promise<T>): Promise<Written<T>> {
    const writer = await this.#writing()
    const lock = await this.#lock()
    try {
      const { result, isFinished } = await writer.write(body)
      return { result, isFinished: isFinished.finally(() => lock.release()) }
    } catch (error) {
      try {
        if (isCorrupt(error)) this.#keeper.discard()
      } finally {
        lock.release()
      }
      throw asStoreError(error, this.#files.absolute(''))
    }
  }

  async check(): Promise<readonly Finding[]> {
    const writer = await this.#writing()
    try {
      return await this.#locked(() => writer.check())
    } catch (error) {
      if (!isUnwritable(error)) throw error
      return writer.checkWithoutWriting()
    }
  }

  async reindex(): Promise<{ readonly records: number; readonly adopted: readonly string[] }> {
    const writer = await this.#writing()
    return this.#locked(() => writer.reindex()).finally(() => this.#seen.forget())
  }

  async close(): Promise<void> {
    await this.#writers
    this.#keeper.end()
  }

  /** Who only reads starts without the half that writes. Loading it may fail for a moment: too many files are open. */
  async #writing(): Promise<DirectoryWriter> {
    if (this.#writer) return this.#writer
    const { DirectoryWriter } = await import('./directory-writer.ts')
    const describe = await this.#options.loadDescribe()
    return (this.#writer ??= new DirectoryWriter({
      files: this.#files,
      options: this.#options,
      describe,
      keeper: this.#keeper,
      head: this.#head,
      news: [this.#version, this.#seen],
    }))
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    const lock = await this.#lock()
    try {
      return await work()
    } catch (error) {
      throw asStoreError(error, this.#files.absolute(''))
    } finally {
      lock.release()
    }
  }

  async #lock(): Promise<Lock> {
    try {
      return await acquireLock(this.#files, this.#keeper.lockRequest())
    } catch (error) {
      throw asStoreError(error, this.#files.absolute(''))
    }
  }

  async #ask<T>(use: (index: IndexReading) => T): Promise<T> {
    try {
      return (await this.#keeper.current()).read(use)
    } catch (error) {
      if (!isCorrupt(error)) throw asReadError(error, this.#files.absolute(''))
      await this.#replaceIndex()
      return (await this.#keeper.current()).read(use)
    }
  }

  #replaceIndex(): Promise<void> {
    return this.#locked(async () => this.#keeper.discard())
  }

  /** Who has the version must see nothing that is older. */
  async #lookAtVersion(): Promise<string> {
    const version = await this.#keeper.version()
    this.#seen.forget()
    return `${version} ${this.#head.stamp()}`
  }

  async #readEntry(entry: IndexEntry): Promise<StoredRecord> {
    const files = this.#files
    try {
      const text = readText(files, entry)
      const read = {
        entry,
        text,
        get name() {
          return nameOfEntry(files, entry)
        },
      }
      return asIndexed(read) ?? asEdited(read, await this.#options.loadDescribe())
    } catch (error) {
      throw cannotRead(entry, nameOfEntry(files, entry), error)
    }
  }
}
