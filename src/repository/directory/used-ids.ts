import type { RecordKind } from '../../domain/records.ts'
import { hasDecimalIds, type IndexReading } from '../record-index.ts'

/** Knows above which number no id of a kind is in use, live or in the trash: spares new records three look-ups each. */
export class UsedIds {
  readonly #index: IndexReading
  readonly #highest = new Map<RecordKind, number>()

  constructor(index: IndexReading) {
    this.#index = index
  }

  /** Whether no record, live or in the trash, can have this id; false where only a look-up tells. */
  areBelow(kind: RecordKind, id: number): boolean {
    if (!hasDecimalIds(kind)) return false
    let highest = this.#highest.get(kind)
    if (highest === undefined) {
      highest = this.#index.highestId(kind)
      this.#highest.set(kind, highest)
    }
    return id > highest
  }

  /** A record got this id. */
  add(kind: RecordKind, id: number): void {
    if (this.areBelow(kind, id)) this.#highest.set(kind, id)
  }
}
