import type { RecordKind } from '../../domain/records.ts'
import { EVERYTHING } from '../../domain/filter.ts'
import type { IndexReading } from '../record-index.ts'

/** Questions that are answered by look-ups, before the ids of a kind are worth reading. */
const LOOK_UPS = 16

/** More ids than this are not read. */
const FEW = 64

/**
 * The ids of a kind's records, where they are few: whoever issues certificates for others holds the keys of authorities
 * and hardly any besides, and of each certificate it is asked whether its key is there.
 */
export class FewIds {
  readonly #index: IndexReading
  readonly #kind: RecordKind
  #questions = 0
  #ids: ReadonlySet<string> | undefined

  constructor(index: IndexReading, kind: RecordKind) {
    this.#index = index
    this.#kind = kind
  }

  /** False: the index has no such record. A record that the transaction itself put there is not counted. */
  mayHave(id: string): boolean {
    if (++this.#questions <= LOOK_UPS) return true
    this.#ids ??= this.#read()
    return this.#ids.size > FEW || this.#ids.has(id)
  }

  #read(): ReadonlySet<string> {
    const ids = new Set<string>()
    // everything does not depend on the time
    const all = this.#index.list(this.#kind, { ...EVERYTHING, limit: FEW + 1 }, new Date(0))
    for (const { id } of all) ids.add(id)
    return ids
  }
}
