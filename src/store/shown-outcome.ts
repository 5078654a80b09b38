import { LeanOutcome } from './change-record.ts'
import { listed } from './listed.ts'
import type { ListedRecord, Outcome } from './store.ts'

/** An outcome with the state of a moment. */
export class ShownOutcome extends LeanOutcome {
  readonly #of: Outcome
  readonly #now: Date

  constructor(of: Outcome, now: Date) {
    super()
    this.#of = of
    this.#now = now
  }

  get kind(): Outcome['kind'] {
    return this.#of.kind
  }

  get id(): string {
    return this.#of.id
  }

  get outcome(): Outcome['outcome'] {
    return this.#of.outcome
  }

  get what(): string {
    return this.#of.what
  }

  get row(): ListedRecord {
    return listed(this.#of, this.#now)
  }
}
