interface Waiting {
  /** By `performance.now()`. */
  readonly end: number
  isLate: (() => void) | undefined
  before: Waiting | undefined
  after: Waiting | undefined
}

/**
 * Ends what takes too long. All have the same time: the first to begin is the first to be late, and one timer does.
 *
 * A list whose links are cut, and no `Set`: each table of a `Set` that has grown too small points to the next one and keeps
 * what it held, so that one table among the old objects keeps every later call alive until V8 clears those too.
 */
export class Deadlines {
  readonly #milliseconds: number
  /** In the order of their ends. */
  #first: Waiting | undefined
  #last: Waiting | undefined
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
      const one = this.#add(() => reject(late()))
      work.then(
        (value) => {
          this.#remove(one)
          resolve(value)
        },
        (error: Error) => {
          this.#remove(one)
          reject(error)
        },
      )
    })
  }

  #add(isLate: () => void): Waiting {
    const end = performance.now() + this.#milliseconds
    const one: Waiting = { end, isLate, before: this.#last, after: undefined }
    if (this.#last) this.#last.after = one
    else this.#first = one
    this.#last = one
    if (!this.#timer) this.#timer = this.#sweepIn(this.#milliseconds)
    return one
  }

  /** What is over keeps nothing alive. */
  #remove(one: Waiting): void {
    if (!one.isLate) return
    const { before, after } = one
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    one.isLate = one.before = one.after = undefined
  }

  /** A server that has stopped does not wait for it. */
  #sweepIn(milliseconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#sweep(), Math.ceil(milliseconds)).unref()
  }

  #sweep(): void {
    this.#timer = undefined
    const now = performance.now()
    for (let one = this.#first; one; one = this.#first) {
      if (one.end > now) {
        this.#timer = this.#sweepIn(one.end - now)
        return
      }
      const { isLate } = one
      this.#remove(one)
      isLate?.()
    }
  }
}
