/** Octets that are taken first: enough for a small transaction. */
const FIRST = 16 * 1024

/** UTF-8 takes at most so many octets for a unit of UTF-16. */
const MOST_PER_UNIT = 3

/**
 * Texts one behind the other as UTF-8, in one piece outside V8's heap: texts that wait for their file would be copied by
 * two collections of garbage each, and then once more to be put together.
 */
export class TextBytes {
  #bytes = Buffer.alloc(0)
  #length = 0

  /** In octets. */
  get length(): number {
    return this.#length
  }

  /** @returns how many octets the text takes */
  add(text: string): number {
    const room = this.#length + MOST_PER_UNIT * text.length
    if (room > this.#bytes.length) this.#grow(room)
    const octets = this.#bytes.write(text, this.#length)
    this.#length += octets
    return octets
  }

  /** What lies there, until the next `clear`. */
  part(start = 0): Uint8Array {
    return this.#bytes.subarray(start, this.#length)
  }

  /** The same as text. */
  text(start = 0, end = this.#length): string {
    return this.#bytes.toString('utf8', start, Math.min(end, this.#length))
  }

  /** Forgets all texts; the room stays. */
  clear(): void {
    this.#length = 0
  }

  #grow(room: number): void {
    // not out of Node's pool: what lies there for long would hold all of it
    const grown = Buffer.allocUnsafeSlow(Math.max(room, 2 * this.#bytes.length, FIRST))
    grown.set(this.part())
    this.#bytes = grown
  }
}
