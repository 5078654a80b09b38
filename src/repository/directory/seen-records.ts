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

/** Records by kind and id. */
export class SeenBook {
  readonly #records = new Map<string, Seen>()

  /** Undefined: not looked up yet. */
  take(kind: RecordKind, id: string): Seen | undefined {
    return this.#records.get(`${kind} ${id}`)
  }

  keep(entry: IndexEntry, stored?: StoredRecord): void {
    this.#records.set(`${entry.kind} ${entry.id}`, { entry, stored })
  }
}

/**
 * Records that were looked up by their id in this turn of the event loop. A server looks for a record, opens it, and opens
 * it once more for its issuers: one look into the index and one into the file do. `TurnLook` says when it looks anew.
 */
export class SeenRecords {
  readonly #look = new TurnLook(() => new SeenBook())

  /** To be had before a look into the store, and told of it after: what was forgotten meanwhile stays so. */
  get book(): SeenBook {
    return this.#look.value
  }

  /** After a change of one's own, and whenever the version is looked at: what was seen before may be of an older one. */
  forget(): void {
    this.#look.forget()
  }
}
