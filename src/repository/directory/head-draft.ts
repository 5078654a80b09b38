import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import { hasDecimalIds } from '../record-index.ts'
import type { HeadFile } from './head.ts'
import { hasSqlite } from './sqlite.ts'
import type { UsedIds } from './used-ids.ts'

/** So many ids of a kind are given before `store.json` is written for their sake: it costs a third of a small transaction. */
const FAR_BEHIND = 1000

/**
 * The head as a transaction leaves it, with the ids that it reserves. `store.json` may lag behind: what is in use tells
 * the rest, until a record is destroyed.
 */
export class HeadDraft {
  readonly #before: HeadFile
  readonly #used: UsedIds
  readonly #next: Record<RecordKind, number>
  #head: HeadFile
  #isDue = false

  constructor(head: HeadFile, used: UsedIds) {
    this.#before = head
    this.#head = head
    this.#used = used
    this.#next = { ...head.nextIds }
  }

  /** Name or claims change. */
  change(changes: Partial<HeadFile>): void {
    this.#head = { ...this.#head, ...changes }
  }

  /** Gives the lowest id of a kind that was never given. */
  take(kind: RecordKind): number {
    const id = this.#nextOf(kind)
    this.reserve(kind, id + 1)
    return id
  }

  /** No id below `next` is given any more. */
  reserve(kind: RecordKind, next: number): void {
    if (next > this.#next[kind]) this.#next[kind] = next
  }

  /** The same for ids that neither the head nor a record tells any more: the head has to. */
  raise(kind: RecordKind, next: number): void {
    if (next > this.#before.nextIds[kind]) this.#isDue = true
    this.reserve(kind, next)
  }

  /** A record of this kind is about to be destroyed: from then on the head alone tells that its id was given. */
  beforeDestroying(kind: RecordKind): void {
    this.#isDue = true
    // looked at while the record still counts
    if (hasDecimalIds(kind)) this.#used.highest(kind)
  }

  /** Whether the head has to be written for what it alone tells. */
  get isDue(): boolean {
    return this.#isDue
  }

  /** What is to be written; undefined when the head on the disk will do. */
  get written(): HeadFile | undefined {
    if (this.#head === this.#before && !this.#isDue && !this.#isFarBehind) return undefined
    const next = RECORD_KINDS.map((kind) => [kind, this.#nextOf(kind)])
    return { ...this.#head, nextIds: Object.fromEntries(next) as HeadFile['nextIds'] }
  }

  get #isFarBehind(): boolean {
    // without SQLite every process makes its index from the files, and nothing but the head tells which are gone
    const far = hasSqlite() ? FAR_BEHIND : 1
    return RECORD_KINDS.some((kind) => this.#next[kind] - this.#before.nextIds[kind] >= far)
  }

  #nextOf(kind: RecordKind): number {
    return hasDecimalIds(kind) ? Math.max(this.#next[kind], this.#used.highest(kind) + 1) : this.#next[kind]
  }
}
