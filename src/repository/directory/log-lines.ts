/** Characters of lines that are packed together. */
const PIECE = 1024 * 1024

/** Lines of the change log that wait for the commit. Those of a large import wait as bytes, outside the heap. */
export class LogLines {
  readonly #pieces: Buffer[] = []
  #lines: string[] = []
  #length = 0

  add(line: string): void {
    this.#lines.push(line)
    this.#length += line.length
    if (this.#length >= PIECE) this.#pack()
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0 && this.#lines.length === 0
  }

  /** All lines, some at a time. */
  get pieces(): readonly Buffer[] {
    this.#pack()
    return this.#pieces
  }

  get bytes(): number {
    return this.pieces.reduce((sum, { length }) => sum + length, 0)
  }

  get text(): string {
    return this.pieces.map((piece) => piece.toString()).join('')
  }

  #pack(): void {
    if (this.#lines.length === 0) return
    this.#pieces.push(Buffer.from(this.#lines.join('')))
    this.#lines = []
    this.#length = 0
  }
}
