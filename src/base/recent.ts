/** The values that were used last, so many at most: the one that nobody asked for the longest goes first. */
export class Recent<T> {
  readonly #most: number
  readonly #weightOf: (value: T) => number
  readonly #kept = new Map<string, T>()
  #weight = 0

  /**
   * @param most of all weights together
   * @param weightOf of one value, always the same: its bytes, say; default: each is 1. What alone is too heavy is not kept
   */
  constructor(most: number, weightOf: (value: T) => number = () => 1) {
    this.#most = most
    this.#weightOf = weightOf
  }

  /** The value of a key, made when it is not known; what `make` throws is thrown, and nothing is kept. */
  of(key: string, make: () => T): T {
    const known = this.take(key)
    if (known !== undefined) return known
    const made = make()
    this.keep(key, made)
    return made
  }

  /** Undefined: not known. What is used again moves to the end: the front goes first. */
  take(key: string): T | undefined {
    const known = this.#kept.get(key)
    if (known === undefined) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, known)
    return known
  }

  keep(key: string, value: T): void {
    const old = this.#kept.get(key)
    if (old !== undefined) this.#forget(key, old)
    const weight = this.#weightOf(value)
    if (weight > this.#most) return
    this.#kept.set(key, value)
    this.#weight += weight
    for (const [oldest, each] of this.#kept) {
      if (this.#weight <= this.#most) return
      this.#forget(oldest, each)
    }
  }

  #forget(key: string, value: T): void {
    this.#kept.delete(key)
    this.#weight -= this.#weightOf(value)
  }
}
