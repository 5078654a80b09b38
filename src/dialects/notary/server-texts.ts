/** As many texts as are kept of each sort: some 30 MB. */
const MOST = 10_000

/** PEM texts that never change: of the requests and certificates of local stores, whose ids are never used twice. */
export class Texts {
  readonly #texts = new Map<string, string>()

  /**
   * The text of a key; made when it is not known. Whether the caller may see it must have been asked before.
   *
   * @param key store, kind and id
   */
  async get(key: string, make: () => Promise<string>): Promise<string> {
    const known = this.#texts.get(key)
    if (known !== undefined) return known
    const text = await make()
    if (this.#texts.size >= MOST) this.#texts.clear()
    this.#texts.set(key, text)
    return text
  }
}
