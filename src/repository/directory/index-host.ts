import type { Query } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import { MemoryIndex } from '../memory-index.ts'
import type { IndexEntry, IndexReading, IndexWriting } from '../record-index.ts'
import { rowText } from '../row-text.ts'

/** The index as one process holds it. */
export interface IndexHost {
  /** Runs one reading to its end. */
  read<T>(use: (index: IndexReading) => T): T
  /** Streams; other readings go on beside it and see newer states. */
  stream(use: (index: IndexReading) => Iterable<IndexEntry>): Iterable<IndexEntry>
  /** The same for `Repository.texts`. */
  texts(kind: RecordKind, query: Query, now: Date): Iterable<readonly string[]>
  /** Another text after every change, and in every other index; cheap. */
  version(): string
  /** The position of the change log that it stands for. */
  position(): string | undefined
  /** What is wrong with the index itself, if anything. */
  damage(): string | undefined
  /** Whether somebody took the index away or put another in its place. */
  isReplaced(): boolean
  /** The same as one look in each turn of the event loop knows it: for readers. */
  wasReplaced(): boolean
  /** Starts a draft that nobody else sees. */
  begin(): IndexDraft
  close(): void
}

/** Changes of the index that become visible together. */
export interface IndexDraft {
  readonly index: IndexWriting
  /** Takes in all that was put; what is wrong with it shows before the files change. */
  settle(): void
  commit(position: string): void
  rollback(): void
}

/** An index that lives in the process: without SQLite, and for stores on read-only media. */
export class MemoryHost implements IndexHost {
  #index = new MemoryIndex()
  #position: string | undefined
  #version = 0

  read<T>(use: (index: IndexReading) => T): T {
    return use(this.#index)
  }

  stream(use: (index: IndexReading) => Iterable<IndexEntry>): Iterable<IndexEntry> {
    return use(this.#index)
  }

  *texts(kind: RecordKind, query: Query, now: Date): Iterable<readonly string[]> {
    for (const entry of this.#index.list(kind, query, now)) yield [rowText(entry, now)]
  }

  version(): string {
    return `memory ${this.#version}`
  }

  position(): string | undefined {
    return this.#position
  }

  damage(): undefined {
    return undefined
  }

  isReplaced(): boolean {
    return false
  }

  wasReplaced(): boolean {
    return false
  }

  begin(): IndexDraft {
    const index = this.#index.clone()
    const commit = (position: string): void => {
      this.#index = index
      this.#position = position
      this.#version++
    }
    return { index, settle: () => undefined, commit, rollback: () => undefined }
  }

  close(): void {
    this.#index = new MemoryIndex()
  }
}
