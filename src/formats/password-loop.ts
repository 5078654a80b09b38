import { CertmanError, isCertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import type { Place, ReadOptions } from './items.ts'
import { describePlace, placed } from './place.ts'

/** A source that never ends, such as a flag that is read again and again, must not keep us here. */
const MAX_ATTEMPTS = 100

/** Asks for the passwords of one file; one that opened something is tried on the next thing before anyone is asked. */
export class PasswordLoop {
  readonly #options: ReadOptions
  readonly #known: Secret[] = []

  constructor(options: ReadOptions) {
    this.#options = options
  }

  /**
   * Opens one encrypted thing.
   *
   * @param what as it is put to the person: `encrypted private key in block 2 (line 14)`
   * @param open throws `password.wrong` for a wrong password
   * @throws {CertmanError} `password.required` when no password was ever given, `password.wrong` when the source has
   * no more; whatever else `open` throws
   */
  async open<T>(place: Place, what: string, open: (password: Secret) => T): Promise<T> {
    let refusal: unknown
    const attempt = (password: Secret): { readonly opened: T } | undefined => {
      try {
        return { opened: open(password) }
      } catch (cause) {
        if (!isCertmanError(cause, 'password.wrong')) throw placed(cause, place)
        refusal = cause
        return undefined
      }
    }
    for (const known of this.#known) {
      const result = attempt(known)
      if (result) return result.opened
    }
    for (let count = 1; count <= MAX_ATTEMPTS; count++) {
      const password = await this.#options.password({ file: this.#options.file, what, attempt: count })
      if (password === undefined) break
      const result = attempt(password)
      if (!result) continue
      this.#known.push(password)
      return result.opened
    }
    if (refusal !== undefined) throw placed(refusal, place)
    throw new CertmanError('password.required', `${describePlace(place)}: the private key is encrypted`)
  }
}
