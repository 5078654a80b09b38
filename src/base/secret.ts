import { inspect } from 'node:util'
import { CertmanError } from './errors.ts'

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

/**
 * The password, where it is one: a file that was never filled, or a vault that had nothing to say, is most often a
 * mistake, and what is written under it looks protected.
 *
 * @throws {CertmanError} `input.invalid` for an empty one
 */
export function notEmpty(
  password: Secret,
  hint = 'give another one, or none where that is what you want',
): Secret {
  if (password.use((bytes) => bytes.length > 0)) return password
  throw new CertmanError('input.invalid', 'an empty password protects nothing', { field: 'password', hint })
}
