/** As many as are signed together, and some. */
const MOST = 256

/** What was found lately, a few at a time. What is not there is looked for every time. */
export class Lately<T> {
  readonly #known = new Map<string, T>()

  get<Found extends T | undefined>(key: string, find: () => Found): Found {
    const known = this.#known.get(key)
    if (known !== undefined) return known as Found
    const found = find()
    if (found === undefined) return found
    if (this.#known.size >= MOST) this.#known.clear()
    this.#known.set(key, found)
    return found
  }
}
