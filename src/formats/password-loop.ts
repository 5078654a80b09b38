import { CertmanError, isCertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import { PbeWork } from '../crypto/pbe-work.ts'
import { askUntil } from './ask-until.ts'
import type { Place, ReadOptions } from './items.ts'
import { describePlace, placed } from './place.ts'

/** Asks for the passwords of one file; one that opened something is tried on the next thing before anyone is asked. */
export class PasswordLoop {
  /** Account of the file. */
  readonly work: PbeWork
  readonly #options: ReadOptions
  readonly #known: Secret[] = []

  constructor(options: ReadOptions) {
    this.work = options.work ?? new PbeWork()
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
    const attempt = (password: Secret): { readonly result: T } | undefined => {
      try {
        return { result: open(password) }
      } catch (cause) {
        if (!isCertmanError(cause, 'password.wrong')) throw placed(cause, place)
        refusal = cause
        return undefined
      }
    }
    for (const known of this.#known) {
      const opened = attempt(known)
      if (opened) return opened.result
    }
    const { opened } = await askUntil(this.#options, what, {
      open: (password) => {
        const opened = attempt(password)
        if (opened) this.#known.push(password)
        return opened
      },
    })
    if (opened) return opened.result
    if (refusal !== undefined) throw placed(refusal, place)
    throw new CertmanError('password.required', `${describePlace(place)}: the private key is encrypted`)
  }
}
