import type { IndexedRecord, Reading, Repository, StoredRecord } from '../repository/repository.ts'

/** A file that was edited by hand counts again after so long. */
const MILLISECONDS = 1000
/** Of bytes and names: many times the authorities that anyone has, and little beside what a server needs. */
const MOST_BYTES = 4 * 1024 * 1024
/** What an entry takes besides. */
const OVERHEAD = 1000

/**
 * Reading for those who look for issuers: the same few authorities stand above every certificate. Who was found by name,
 * and their bytes, are known for a second while nothing in the store changes.
 */
export class IssuerShelf implements Pick<Reading, 'find' | 'list' | 'read'> {
  readonly #repository: Repository
  readonly #now: () => Date
  readonly #known = new Map<string, unknown>()
  #version = ''
  #until = 0
  #bytes = 0

  constructor(repository: Repository, now: () => Date) {
    this.#repository = repository
    this.#now = now
  }

  find(...[kind, lookUp]: Parameters<Reading['find']>): Promise<readonly IndexedRecord[]> {
    const find = (): Promise<readonly IndexedRecord[]> => this.#repository.find(kind, lookUp)
    if (lookUp.by !== 'subject') return find()
    return this.#of(`${kind} named ${lookUp.subject}`, find, (found) => found.length * OVERHEAD * 4)
  }

  read(...[kind, id]: Parameters<Reading['read']>): Promise<StoredRecord | undefined> {
    const read = (): Promise<StoredRecord | undefined> => this.#repository.read(kind, id)
    return this.#of(`${kind} ${id}`, read, (stored) => (stored?.pem?.der.length ?? 0) * 3)
  }

  list(...[kind, query]: Parameters<Reading['list']>): AsyncIterable<IndexedRecord> {
    return this.#repository.list(kind, query)
  }

  async #of<T>(key: string, look: () => Promise<T>, sizeOf: (found: T) => number): Promise<T> {
    const version = await this.#repository.version()
    const now = this.#now().getTime()
    if (version !== this.#version || now >= this.#until || now < this.#until - MILLISECONDS)
      this.#begin(version, now)
    const known = this.#known.get(key)
    if (known !== undefined) return known as T
    const found = await look()
    const bytes = OVERHEAD + key.length + sizeOf(found)
    if (version === this.#version && this.#bytes + bytes <= MOST_BYTES && found !== undefined) {
      this.#known.set(key, found)
      this.#bytes += bytes
    }
    return found
  }

  #begin(version: string, now: number): void {
    this.#known.clear()
    this.#bytes = 0
    this.#version = version
    this.#until = now + MILLISECONDS
  }
}
