import type { Query } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import type {
  Describe,
  Finding,
  IndexedRecord,
  LookUp,
  Repository,
  StoredRecord,
  StoreHead,
  WriteTransaction,
} from '../repository/repository.ts'

/** Thrown by `LateDescribe` before it is loaded; the repository's own work is undone and tried again. */
class NotLoaded extends Error {}

/**
 * A `Describe` that brings the X.509 reader in when it is first needed. Listing a store whose index is fresh never
 * needs it, and starts without it.
 */
export class LateDescribe {
  #loaded: Describe | undefined

  readonly describe: Describe = (record) => {
    if (!this.#loaded) throw new NotLoaded('the X.509 reader is not loaded')
    return this.#loaded(record)
  }

  async load(): Promise<void> {
    this.#loaded ??= (await import('../store/describe.ts')).describeRecord
  }

  /** Runs `work`; when it turns out to need the reader, loads it and runs `work` once more. */
  async lend<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error
      await this.load()
      return work()
    }
  }
}

/** A repository whose `Describe` comes late: loaded for writing, on demand for reading. */
export function describeLate(repository: Repository, late: LateDescribe): Repository {
  return new LateRepository(repository, late)
}

class LateRepository implements Repository {
  readonly #repository: Repository
  readonly #late: LateDescribe

  constructor(repository: Repository, late: LateDescribe) {
    this.#repository = repository
    this.#late = late
  }

  head = (): Promise<StoreHead> => this.#repository.head()

  version(): Promise<string> {
    return this.#late.lend(() => this.#repository.version())
  }

  list(kind: RecordKind, query: Query): AsyncIterable<IndexedRecord> {
    return this.#stream(() => this.#repository.list(kind, query))
  }

  texts(kind: RecordKind, query: Query): AsyncIterable<readonly string[]> {
    return this.#stream(() => this.#repository.texts(kind, query))
  }

  async *#stream<T>(open: () => AsyncIterable<T>): AsyncIterable<T> {
    // a stale index is rebuilt before the first record comes, and only then is the reader needed
    const { first, rest } = await this.#late.lend(async () => {
      const records = open()[Symbol.asyncIterator]()
      return { first: await records.next(), rest: { [Symbol.asyncIterator]: () => records } }
    })
    if (first.done) return
    try {
      yield first.value
      yield* rest
    } finally {
      // a reader that stops early lets the index go
      await rest[Symbol.asyncIterator]().return?.()
    }
  }

  count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    return this.#late.lend(() => this.#repository.count(kind, query))
  }

  find(kind: RecordKind, lookUp: LookUp): Promise<readonly IndexedRecord[]> {
    return this.#late.lend(() => this.#repository.find(kind, lookUp))
  }

  readAttachment(kind: RecordKind, id: string): Promise<Uint8Array | undefined> {
    return this.#late.lend(() => this.#repository.readAttachment(kind, id))
  }

  trashed(kind?: RecordKind): Promise<readonly IndexedRecord[]> {
    return this.#late.lend(() => this.#repository.trashed(kind))
  }

  read(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    return this.#late.lend(() => this.#repository.read(kind, id))
  }

  async write<T>(body: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    await this.#late.load()
    return this.#repository.write(body)
  }

  async check(): Promise<readonly Finding[]> {
    await this.#late.load()
    return this.#repository.check()
  }

  async reindex(): Promise<{ readonly records: number; readonly adopted: readonly string[] }> {
    await this.#late.load()
    return this.#repository.reindex()
  }

  close(): Promise<void> {
    return this.#repository.close()
  }
}
