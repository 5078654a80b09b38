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
  #waiting = 0

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

  /** @param hash undefined: no such user, or one without a password */
  async check(password: string, hash: string | undefined): Promise<boolean> {
    if (this.#waiting >= MOST_WAITING) return false
    this.#waiting++
    try {
      const fits = await verifyPassword(Buffer.from(password), hash ?? NOBODY)
      if (!fits || hash === undefined) return false
    } finally {
      this.#waiting--
    }
    if (this.#right.size >= MOST) this.#right.clear()
    this.#right.set(hmacOf(this.#key, [hash, password]), this.#now().getTime() + KEPT_MS)
    return true
  }
}
