import { LeanOutcome } from './change-record.ts'
import { listed } from './listed.ts'
import type { Outcome } from './store.ts'

/** Another outcome as it is, whose row is made when it is looked at: for those that say more, or other things, of it. */
export class OutcomeOf extends LeanOutcome {
  protected readonly of: Outcome

  constructor(of: Outcome) {
    super()
    this.of = of
  }

  get kind(): Outcome['kind'] {
    return this.of.kind
  }

  get id(): string {
    return this.of.id
  }

  get outcome(): Outcome['outcome'] {
    return this.of.outcome
  }

  get what(): string {
    return this.of.what
  }

  get row(): Outcome['row'] {
    return this.of.row
  }
}

/** An outcome with the state of a moment. */
export class ShownOutcome extends OutcomeOf {
  readonly #now: Date

  constructor(of: Outcome, now: Date) {
    super(of)
    this.#now = now
  }

  override get row(): Outcome['row'] {
    return listed(this.of, this.#now)
  }
}
