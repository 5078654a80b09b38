/** Within one turn a look counts for so many questions: a turn that never ends must not live on old news. */
const MOST = 100

/** A command asks so few times and ends: to hear of the end of a turn costs it more than these looks (0.4 ms). */
const FEW = 10

/**
 * One look at the outside (a file's facts, a version) for all who ask in the same turn of the event loop. Requests that
 * came in together share it, and no clock is asked how old it is: who asks after the turn gets another one.
 */
export class TurnLook<T> {
  readonly #look: () => T
  #apart = FEW
  #seen: { readonly value: T } | undefined
  #left = 0
  #isEndAwaited = false

  /** @param look the first ten questions of all get one each of their own */
  constructor(look: () => T) {
    this.#look = look
  }

  /** What was seen in this turn, or is seen now. @throws what the look throws; then the next one looks again */
  get value(): T {
    if (this.#apart > 0) {
      this.#apart--
      return this.#look()
    }
    if (this.#seen && this.#left-- > 0) return this.#seen.value
    const value = this.#look()
    this.#seen = { value }
    this.#left = MOST
    if (!this.#isEndAwaited) {
      this.#isEndAwaited = true
      setImmediate(this.#end)
    }
    return value
  }

  /** What was changed by oneself is looked at again at once. */
  forget(): void {
    this.#seen = undefined
  }

  readonly #end = (): void => {
    this.#isEndAwaited = false
    this.#seen = undefined
  }
}
