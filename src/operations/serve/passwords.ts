import type { Ambient } from '../../base/ambient.ts'
import { toHex } from '../../base/bytes.ts'
import { CertmanError } from '../../base/errors.ts'
import { keyedDigest, verifyPassword } from '../../crypto/password-hash.ts'

/** A right password is not derived again for a minute. */
const KEPT_MS = 60_000
const MOST = 1_000
/** At most this many derivations at once, 32 MiB each; more are refused rather than queued without end. */
const MOST_WAITING = 64

/** What no password fits: a user that does not exist takes as long as one that does. */
const NOBODY = `scrypt$15$8$3$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** One try: whose password it shall be, and the hash that it has to fit. */
export interface Guess {
  readonly name: string
  readonly password: string
  /** Undefined: no such user, or one without a password; it takes as long. */
  readonly hash: string | undefined
}

/**
 * Checks passwords against their hashes. Right ones are remembered for a minute under a digest whose key lives as
 * long as the process, so that Basic authentication does not cost a derivation with each request.
 */
export class PasswordCheck {
  readonly #key: string
  readonly #now: () => Date
  readonly #right = new Map<string, number>()
  /** Derivations under way: clients of one user begin many connections at once. */
  readonly #deriving = new Map<string, Promise<boolean>>()

  constructor({ random, now }: Pick<Ambient, 'random' | 'now'>) {
    this.#key = toHex(random(32))
    this.#now = now
  }

  /** Whether it was found right within the last minute; costs nothing. */
  isKnown(password: string, hash: string): boolean {
    const until = this.#right.get(keyedDigest(this.#key, [hash, password]))
    return until !== undefined && this.#now().getTime() < until
  }

  /** What the same guess for the same name comes to, where it is being derived at this moment. */
  underWay(guess: Guess): Promise<boolean> | undefined {
    return this.#deriving.get(this.#nameOf(guess))
  }

  /** @throws {CertmanError} `server.busy` when too many are being derived: it was not tried */
  async check(guess: Guess): Promise<boolean> {
    if (this.#deriving.size >= MOST_WAITING)
      throw new CertmanError('server.busy', 'too many passwords are being checked')
    const name = this.#nameOf(guess)
    const { password, hash } = guess
    const deriving = verifyPassword(Buffer.from(password), hash ?? NOBODY).then(
      (fits) => fits && hash !== undefined,
    )
    this.#deriving.set(name, deriving)
    try {
      if (!(await deriving) || hash === undefined) return false
    } finally {
      this.#deriving.delete(name)
    }
    if (this.#right.size >= MOST) this.#right.clear()
    this.#right.set(keyedDigest(this.#key, [hash, password]), this.#now().getTime() + KEPT_MS)
    return true
  }

  #nameOf({ name, password, hash }: Guess): string {
    return keyedDigest(this.#key, [name.toLowerCase(), hash ?? '', password])
  }
}
