import type { Ambient } from '../base/ambient.ts'
import { CLAIMS } from '../domain/records.ts'
import type {
  Finding,
  IndexedRecord,
  LookUp,
  Reading,
  Repository,
  StoredRecord,
  StoreHead,
  WriteTransaction,
} from '../repository/repository.ts'
import type { Query } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'

/** How to look for the store, make it and open it; the name it gets. */
export interface LazyOptions {
  readonly name: string
  readonly ambient: Ambient
  /** Opens the store, or answers undefined when there is none yet. */
  readonly openExisting: () => Promise<Repository | undefined>
  /** Makes the store and opens it. */
  readonly make: () => Promise<Repository>
}

/** A store that is made when something is written into it; until then it is an empty one. */
export function lazyRepository(options: LazyOptions): Repository {
  return new LazyRepository(options)
}

class LazyRepository implements Repository {
  readonly #options: LazyOptions
  #real: Repository | undefined

  constructor(options: LazyOptions) {
    this.#options = options
  }

  head = async (): Promise<StoreHead> => {
    if (this.#real) return this.#real.head()
    const createdAt = this.#options.ambient.now().toISOString()
    return { format: 1, id: '', name: this.#options.name, claims: CLAIMS, createdAt }
  }

  version(): Promise<string> {
    return this.#real?.version() ?? Promise.resolve('none yet')
  }

  async *list(kind: RecordKind, query: Query): AsyncIterable<IndexedRecord> {
    if (this.#real) yield* this.#real.list(kind, query)
  }

  async *texts(kind: RecordKind, query: Query): AsyncIterable<readonly string[]> {
    if (this.#real) yield* this.#real.texts(kind, query)
  }

  count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    return this.#real?.count(kind, query) ?? Promise.resolve(0)
  }

  find(kind: RecordKind, lookUp: LookUp): ReturnType<Reading['find']> {
    return this.#real?.find(kind, lookUp) ?? Promise.resolve([])
  }

  read(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    return this.#real?.read(kind, id) ?? Promise.resolve(undefined)
  }

  readAttachment(kind: RecordKind, id: string): Promise<Uint8Array | undefined> {
    return this.#real?.readAttachment(kind, id) ?? Promise.resolve(undefined)
  }

  trashed(kind?: RecordKind): Promise<readonly IndexedRecord[]> {
    return this.#real?.trashed(kind) ?? Promise.resolve([])
  }

  async write<T>(body: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    // another process may have made it meanwhile
    this.#real ??= (await this.#options.openExisting()) ?? (await this.#options.make())
    return this.#real.write(body)
  }

  check(): Promise<readonly Finding[]> {
    return this.#real?.check() ?? Promise.resolve([])
  }

  reindex(): ReturnType<Repository['reindex']> {
    return this.#real?.reindex() ?? Promise.resolve({ records: 0, adopted: [] })
  }

  async close(): Promise<void> {
    await this.#real?.close()
  }
}
