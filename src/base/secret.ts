import { inspect } from 'node:util'

/** Bytes that cannot print themselves: a password, a private key. Every way to text answers `[secret]`. */
export class Secret {
  readonly #bytes: Uint8Array

  /** @param value the bytes, or text that is kept as UTF-8 */
  constructor(value: Uint8Array | string) {
    this.#bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  }

  /** Lends the bytes to `reader`; they must not outlive the call in any log or message. */
  use<T>(reader: (bytes: Uint8Array) => T): T {
    return reader(this.#bytes)
  }

  /** Lends the text (UTF-8) to `reader`. */
  useText<T>(reader: (text: string) => T): T {
    return reader(new TextDecoder().decode(this.#bytes))
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
