import { Recent } from '../../base/recent.ts'

/** Bytes of texts that are kept, those of requests and certificates together: some 30,000. */
const MOST = 40 * 1024 * 1024
/** What an entry takes besides. */
const OVERHEAD = 200

/** PEM texts that never change: of the requests and certificates of local stores, whose ids are never used twice. */
export class Texts {
  readonly #texts = new Recent<string>(MOST, ({ length }) => OVERHEAD + length)

  /**
   * The text of a key; made when it is not known. Whether the caller may see it must have been asked before.
   *
   * @param key store, kind and id
   */
  async get(key: string, make: () => Promise<string>): Promise<string> {
    const known = this.#texts.take(key)
    if (known !== undefined) return known
    const text = await make()
    this.#texts.keep(key, text)
    return text
  }
}
