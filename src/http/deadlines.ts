interface Waiting {
  /** By `performance.now()`. */
  readonly end: number
  readonly isLate: () => void
}

/** Ends what takes too long. All have the same time: the first to begin is the first to be late, and one timer does. */
export class Deadlines {
  readonly #milliseconds: number
  /** In the order of their ends. */
  readonly #waiting = new Set<Waiting>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
  }

  /**
   * What the work comes to.
   *
   * @param late called when it is not done in time; answers the error that takes its place
   * @throws what the work throws, and what `late` answers
   */
  within<T>(work: Promise<T>, late: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const one = { end: performance.now() + this.#milliseconds, isLate: () => reject(late()) }
      this.#waiting.add(one)
      if (!this.#timer) this.#timer = this.#sweepIn(this.#milliseconds)
      work.then(
        (value) => {
          this.#waiting.delete(one)
          resolve(value)
        },
        (error: Error) => {
          this.#waiting.delete(one)
          reject(error)
        },
      )
    })
  }

  /** A server that has stopped does not wait for it. */
  #sweepIn(milliseconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#sweep(), Math.ceil(milliseconds)).unref()
  }

  #sweep(): void {
    this.#timer = undefined
    const now = performance.now()
    for (const one of this.#waiting) {
      if (one.end > now) {
        this.#timer = this.#sweepIn(one.end - now)
        return
      }
      this.#waiting.delete(one)
      one.isLate()
    }
  }
}
