import { TextBytes } from './text-bytes.ts'

/** Octets of lines that are handed over together. */
const PIECE = 1024 * 1024

/** Lines of the change log that wait for the commit. */
export class LogLines {
  readonly #pieces: Uint8Array[] = []
  #last = new TextBytes()

  add(line: string): void {
    this.#last.add(line)
    if (this.#last.length >= PIECE) this.#pack()
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0 && this.#last.length === 0
  }

  /** All lines, some at a time. */
  get pieces(): readonly Uint8Array[] {
    this.#pack()
    return this.#pieces
  }

  get bytes(): number {
    return this.pieces.reduce((sum, { length }) => sum + length, 0)
  }

  get text(): string {
    return this.pieces.map((piece) => Buffer.from(piece).toString()).join('')
  }

  #pack(): void {
    if (this.#last.length === 0) return
    this.#pieces.push(this.#last.part())
    this.#last = new TextBytes()
  }
}
