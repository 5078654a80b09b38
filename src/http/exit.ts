import { Anteroom } from './anteroom.ts'
import type { Answer } from './exchange.ts'

/** What may wait to be taken. */
export interface ExitLimits {
  readonly callers: number
  /** Of all bodies; one alone may be longer. */
  readonly bytes: number
}

/** Who takes an answer. */
export interface Taker {
  readonly address: string
  readonly answer: Answer
}

/** For callers who take long answers, and the memory that these hold meanwhile: bytes that many take, a CRL's, count once. */
export class Exit {
  readonly #most: number
  readonly #room: Anteroom
  /** How many take each body, and its length. */
  readonly #bodies = new Map<object, { takers: number; readonly length: number }>()
  #bytes = 0

  constructor({ callers, bytes }: ExitLimits) {
    this.#most = bytes
    this.#room = new Anteroom(callers, 'too many callers are slow to take their answers')
  }

  /**
   * What comes of it when the answer is taken.
   *
   * @param isOut told before the caller has to go: see `Anteroom.waitFor`
   * @throws {CertmanError} `server.busy` for the one that has to go
   */
  waitFor<T>(taken: Promise<T>, { address, answer }: Taker, isOut: () => void): Promise<T> {
    const letGo = this.#hold(answer)
    while (this.#bytes > this.#most && this.#room.size > 0) this.#room.makeRoom()
    const leave = (): void => {
      letGo()
      isOut()
    }
    return this.#room.waitFor(taken, address, leave).finally(letGo)
  }

  /** @returns lets go of it, once */
  #hold(answer: Answer): () => void {
    const { body = '' } = answer
    const key = body instanceof Uint8Array ? body : answer
    const length = typeof body === 'string' || body instanceof Uint8Array ? Buffer.byteLength(body) : 0
    const held = this.#bodies.get(key) ?? { takers: 0, length }
    if (held.takers++ === 0) this.#bytes += length
    this.#bodies.set(key, held)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      if (--held.takers > 0) return
      this.#bodies.delete(key)
      this.#bytes -= length
    }
  }
}
