/** One value for all who ask, made when the first does. What fails is not kept: whoever asks next has it made anew. */
export class Once<T> {
  readonly #make: () => Promise<T>
  #made: Promise<T> | undefined

  constructor(make: () => Promise<T>) {
    this.#make = make
  }

  /** @throws what `make` throws */
  get(): Promise<T> {
    if (this.#made) return this.#made
    const made = this.#make()
    this.#made = made
    made.catch(() => this.forget(made))
    return made
  }

  /** The value is no longer good; with `made`, only when it is still that one. */
  forget(made = this.#made): void {
    if (this.#made === made) this.#made = undefined
  }
}
