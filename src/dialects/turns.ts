/** Changes of one thing one after the other: what one finds is still so when it changes it. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `act` when all before it of the same key are over. */
  async take<T>(key: string, act: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const mine = before.then(act, act)
    const over = mine.catch(() => undefined)
    this.#last.set(key, over)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === over) this.#last.delete(key)
    }
  }
}
