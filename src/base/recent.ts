/** The values that were used last, so many at most: the one that nobody asked for the longest goes first. */
export class Recent<T> {
  readonly #most: number
  readonly #kept = new Map<string, T>()

  constructor(most: number) {
    this.#most = most
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
    this.#kept.delete(key)
    this.#kept.set(key, value)
    if (this.#kept.size > this.#most) this.#kept.delete(this.#kept.keys().next().value!)
  }
}
