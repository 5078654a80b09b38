import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import { hasDecimalIds } from '../record-index.ts'
import type { HeadFile } from './head.ts'
import { hasSqlite } from './sqlite.ts'
import type { UsedIds } from './used-ids.ts'

/** So many ids of a kind are given before `store.json` is written for their sake: it costs a third of a small transaction. */
const FAR_BEHIND = 1000

/**
 * The ids that a transaction reserves. `store.json` may lag behind: what is in use tells the rest, until a record is
 * destroyed.
 */
export class NextIds {
  readonly #written: HeadFile['nextIds']
  readonly #used: UsedIds
  readonly #next: Record<RecordKind, number>

  constructor(head: HeadFile, used: UsedIds) {
    this.#written = head.nextIds
    this.#next = { ...head.nextIds }
    this.#used = used
  }

  /** The lowest id of a kind that was never given. */
  next(kind: RecordKind): number {
    return Math.max(this.#next[kind], this.#used.highest(kind) + 1)
  }

  /** The same for every kind, as `store.json` has it. */
  get all(): HeadFile['nextIds'] {
    const next = RECORD_KINDS.map((kind) => [kind, hasDecimalIds(kind) ? this.next(kind) : this.#next[kind]])
    return Object.fromEntries(next) as HeadFile['nextIds']
  }

  /** Whether the head should be written for the ids alone. */
  get isHeadFarBehind(): boolean {
    // without SQLite every process makes its index from the files, and nothing but the head tells which are gone
    const far = hasSqlite() ? FAR_BEHIND : 1
    return RECORD_KINDS.some((kind) => this.#next[kind] - this.#written[kind] >= far)
  }

  /** No id below `next` is given any more. @returns whether that is news to the head */
  reserve(kind: RecordKind, next: number): boolean {
    if (next > this.#next[kind]) this.#next[kind] = next
    return next > this.#written[kind]
  }
}
