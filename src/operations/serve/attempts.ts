/** A window of failures. */
interface Failures {
  readonly since: number
  readonly count: number
}

/** Wrong passwords of one user from one address, then of one address, within the window. */
const LIMITS = { pair: 10, address: 100 } as const
const WINDOW_MS = 5 * 60_000
/** An attacker with many addresses must not fill the memory. */
const MOST = 20_000

/**
 * Counts wrong passwords by user and address: who guesses is locked out for the rest of five minutes, and nobody else
 * with the same name is.
 */
export class Attempts {
  readonly #failures = new Map<string, Failures>()
  readonly #now: () => Date

  constructor(now: () => Date) {
    this.#now = now
  }

  /** Whether no more guesses are taken from there for now. */
  isShut(user: string, address: string): boolean {
    return keysOf(user, address).some(([key, most]) => (this.#current(key)?.count ?? 0) >= most)
  }

  failed(user: string, address: string): void {
    const at = this.#now().getTime()
    for (const [key] of keysOf(user, address)) {
      const { since = at, count = 0 } = this.#current(key) ?? {}
      this.#failures.delete(key)
      this.#failures.set(key, { since, count: count + 1 })
    }
    // the oldest go first: a Map keeps the order of its entries
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= MOST) break
      this.#failures.delete(key)
    }
  }

  succeeded(user: string, address: string): void {
    this.#failures.delete(keysOf(user, address)[0]![0])
  }

  #current(key: string): Failures | undefined {
    const failures = this.#failures.get(key)
    return failures && this.#now().getTime() - failures.since < WINDOW_MS ? failures : undefined
  }
}

/** Without an address nothing is counted for all users together: one who guesses must not shut out everybody. */
const keysOf = (user: string, address: string): readonly (readonly [key: string, most: number])[] => [
  [`${address} ${user.toLowerCase()}`, LIMITS.pair],
  ...(address === '' ? [] : [[address, LIMITS.address] as const]),
]
