import { hmacOf, verifyPassword } from '../../crypto/password-hash.ts'

/** A right password is not derived again for a minute. */
const KEPT_MS = 60_000
const MOST = 1_000
/** At most this many derivations at once, 32 MiB each; more are refused rather than queued without end. */
const MOST_WAITING = 64

/** What no password fits: a user that does not exist takes as long as one that does. */
const NOBODY = `scrypt$15$8$3$${'A'.repeat(22)}$${'A'.repeat(43)}`

/**
 * Checks passwords against their hashes. Right ones are remembered for a minute under an HMAC whose key lives as
 * long as the process, so that Basic authentication does not cost a derivation with each request.
 */
export class PasswordCheck {
  readonly #key: Uint8Array
  readonly #now: () => Date
  readonly #right = new Map<string, number>()
  /** Derivations under way: clients of one user begin many connections at once. */
  readonly #deriving = new Map<string, Promise<boolean>>()

  constructor({
    random,
    now,
  }: {
    readonly random: (length: number) => Uint8Array
    readonly now: () => Date
  }) {
    this.#key = random(32)
    this.#now = now
  }

  /** Whether it was found right within the last minute; costs nothing. */
  isKnown(password: string, hash: string): boolean {
    const until = this.#right.get(hmacOf(this.#key, [hash, password]))
    return until !== undefined && this.#now().getTime() < until
  }

  /**
   * @param hash undefined: no such user, or one without a password
   * @param name whose it shall be: the same guess for the same name at the same time is derived once, whether there is
   *   such a user or not
   */
  async check(password: string, hash: string | undefined, name = ''): Promise<boolean> {
    const guess = hmacOf(this.#key, [name.toLowerCase(), hash ?? '', password])
    const same = this.#deriving.get(guess)
    if (same) return same
    if (this.#deriving.size >= MOST_WAITING) return false
    const deriving = verifyPassword(Buffer.from(password), hash ?? NOBODY).then(
      (fits) => fits && hash !== undefined,
    )
    this.#deriving.set(guess, deriving)
    try {
      if (!(await deriving) || hash === undefined) return false
    } finally {
      this.#deriving.delete(guess)
    }
    if (this.#right.size >= MOST) this.#right.clear()
    this.#right.set(hmacOf(this.#key, [hash, password]), this.#now().getTime() + KEPT_MS)
    return true
  }
}
