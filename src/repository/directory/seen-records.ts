import { TurnLook } from '../../base/turn-look.ts'
import type { RecordKind } from '../../domain/records.ts'
import type { IndexEntry } from '../record-index.ts'
import type { StoredRecord } from '../repository.ts'

/** What is known of a record in this turn. */
export interface Seen {
  readonly entry: IndexEntry
  /** Undefined: nobody has opened it. */
  readonly stored: StoredRecord | undefined
}

/**
 * Records that were looked up by their id in this turn of the event loop. A server looks for a record, opens it, and opens
 * it once more for its issuers: one look into the index and one into the file do. `TurnLook` says when it looks anew.
 */
export class SeenRecords {
  readonly #look = new TurnLook(() => new Map<string, Seen>())

  /** Undefined: not looked up yet. */
  take(kind: RecordKind, id: string): Seen | undefined {
    return this.#look.value.get(`${kind} ${id}`)
  }

  keep(entry: IndexEntry, stored?: StoredRecord): void {
    this.#look.value.set(`${entry.kind} ${entry.id}`, { entry, stored })
  }

  /** After a change of one's own. */
  forget(): void {
    this.#look.forget()
  }
}
