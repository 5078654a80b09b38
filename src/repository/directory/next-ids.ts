import type { RecordKind } from '../../domain/records.ts'
import type { HeadFile } from './head.ts'

/** The ids that a transaction reserves; they stay reserved when it writes nothing else. */
export class NextIds {
  readonly #next: Record<RecordKind, number>
  #isRaised = false

  constructor(head: HeadFile) {
    this.#next = { ...head.nextIds }
  }

  get isRaised(): boolean {
    return this.#isRaised
  }

  get all(): HeadFile['nextIds'] {
    return this.#next
  }

  /** No id below `next` is given any more. */
  reserve(kind: RecordKind, next: number): void {
    if (next <= this.#next[kind]) return
    this.#next[kind] = next
    this.#isRaised = true
  }
}
