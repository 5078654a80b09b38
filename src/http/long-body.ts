import type { Answer } from './exchange.ts'

/** Characters that are gathered before a body is sent while it is made; longer answers are not remembered either. */
const GATHERED = 1024 * 1024

/** Characters that go out at a time. */
const PIECE = 32 * 1024

/**
 * A body out of texts, however many. A short one is made as a whole; a long one is made while it is sent, as fast as the peer
 * takes it, and held nowhere. What fails in the beginning fails before there is an answer.
 */
export async function longBody(texts: AsyncGenerator<string>): Promise<NonNullable<Answer['body']>> {
  let begun = ''
  while (begun.length < GATHERED) {
    const next = await texts.next()
    if (next.done) return begun
    begun += next.value
  }
  return new Rest(begun, texts)
}

/** What was gathered, then the rest. Unlike a generator it lets go of the texts also where nobody has begun to read it. */
class Rest implements AsyncIterableIterator<Uint8Array> {
  #begun: string
  readonly #texts: AsyncGenerator<string>

  constructor(begun: string, texts: AsyncGenerator<string>) {
    this.#begun = begun
    this.#texts = texts
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    let piece = this.#begun
    this.#begun = ''
    while (piece.length < PIECE) {
      const next = await this.#texts.next()
      if (next.done) break
      piece += next.value
    }
    return piece === '' ? { value: undefined, done: true } : { value: Buffer.from(piece), done: false }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#texts.return(undefined)
    return { value: undefined, done: true }
  }
}
