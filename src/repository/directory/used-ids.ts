import type { RecordKind } from '../../domain/records.ts'
import { hasDecimalIds, type IndexReading } from '../record-index.ts'

/** Knows above which number no id of a kind is in use, live or in the trash: spares new records three look-ups each. */
export class UsedIds {
  readonly #index: IndexReading
  readonly #highest = new Map<RecordKind, number>()

  constructor(index: IndexReading) {
    this.#index = index
  }

  /** The highest decimal id that a record of this kind has or had in this transaction; 0 when there is none. */
  highest(kind: RecordKind): number {
    let highest = this.#highest.get(kind)
    if (highest === undefined) {
      highest = this.#index.highestId(kind)
      this.#highest.set(kind, highest)
    }
    return highest
  }

  /** Whether no record, live or in the trash, can have this id; false where only a look-up tells. */
  areBelow(kind: RecordKind, id: number): boolean {
    return hasDecimalIds(kind) && id > this.highest(kind)
  }

  /** A record got this id. */
  add(kind: RecordKind, id: number): void {
    if (this.areBelow(kind, id)) this.#highest.set(kind, id)
  }
}
