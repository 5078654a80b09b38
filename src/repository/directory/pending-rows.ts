import type { RecordKind } from '../../domain/records.ts'
import { handleOf, handlesOf } from '../memory-index.ts'
import type { IndexEntry, RecordPlace } from '../record-index.ts'
import type { LookUp } from '../repository.ts'

/** Rows that wait; then they are put in, whoever asks. More of them would outlive two collections of garbage. */
const MOST = 64

/**
 * New rows of a transaction that are not in the tables yet. Putting them in together, kind by kind, takes a third of
 * the time of putting each in between the signatures: tables and indexes stay in the processor's cache.
 */
export class PendingRows {
  readonly #entries = new Map<RecordKind, Map<string, IndexEntry>>()
  readonly #handles = new Map<RecordKind, Set<string>>()

  /** Whether so many wait that they should be put in. */
  isFull(kind: RecordKind): boolean {
    return (this.#entries.get(kind)?.size ?? 0) >= MOST
  }

  add(entry: IndexEntry): void {
    const { kind, id, row } = entry
    let entries = this.#entries.get(kind)
    let handles = this.#handles.get(kind)
    if (!entries || !handles) {
      this.#entries.set(kind, (entries = new Map()))
      this.#handles.set(kind, (handles = new Set()))
    }
    entries.set(id, entry)
    for (const handle of handlesOf(kind, row)) handles.add(handle)
  }

  get(kind: RecordKind, id: string): IndexEntry | undefined {
    return this.#entries.get(kind)?.get(id)
  }

  /** Another place of a row that waits; false when it does not. */
  move(kind: RecordKind, id: string, place: RecordPlace): boolean {
    const entries = this.#entries.get(kind)
    const entry = entries?.get(id)
    if (!entries || !entry) return false
    entries.set(id, { ...entry, place })
    return true
  }

  /** Whether one of the rows may fit a look-up; false is certain. */
  mayFit(kind: RecordKind, lookUp: LookUp): boolean {
    const entries = this.#entries.get(kind)
    if (!entries || entries.size === 0) return false
    if (lookUp.by === 'hex') return true
    if (lookUp.by === 'id') return entries.has(lookUp.id)
    return this.#handles.get(kind)!.has(handleOf(kind, lookUp))
  }

  /** The rows of a kind, which wait no longer. */
  take(kind: RecordKind): Iterable<IndexEntry> {
    const entries = this.#entries.get(kind)
    if (!entries) return []
    this.#entries.delete(kind)
    this.#handles.delete(kind)
    return entries.values()
  }
}
