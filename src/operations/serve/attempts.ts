import { placeOf } from '../../http/caller-place.ts'

/** Guesses within a window. */
interface Guesses {
  readonly since: number
  readonly count: number
}

/** Wrong passwords of one user from one place, then of one place, within the window. */
const LIMITS = { pair: 10, place: 100 } as const
const WINDOW_MS = 5 * 60_000
/** An attacker with many addresses must not fill the memory. */
const MOST = 20_000

/**
 * Counts wrong passwords by user and place: who guesses is locked out for the rest of five minutes, and nobody else
 * with the same name is. A guess counts from its beginning, so that many at the same time are no more than one after
 * the other; the right one is taken back.
 */
export class Attempts {
  readonly #guesses = new Map<string, Guesses>()
  readonly #now: () => Date
  #changes = 0

  constructor(now: () => Date) {
    this.#now = now
  }

  /** Another number whenever guesses were counted or taken back. */
  get changes(): number {
    return this.#changes
  }

  /** Whether somebody there guessed at this user too often: then not even what is known to be right is answered. */
  isShut(user: string, address: string): boolean {
    return this.#guesses.size > 0 && this.#areTooMany(keysOf(user, address).slice(0, 1))
  }

  /** Counts a guess; false, and nothing is counted, when no more are taken from there for now. */
  begin(user: string, address: string): boolean {
    const keys = keysOf(user, address)
    if (this.#areTooMany(keys)) return false
    this.#changes++
    const at = this.#now().getTime()
    for (const [key] of keys) {
      const { since = at, count = 0 } = this.#current(key) ?? {}
      this.#guesses.delete(key)
      this.#guesses.set(key, { since, count: count + 1 })
    }
    // the oldest go first: a Map keeps the order of its entries
    for (const key of this.#guesses.keys()) {
      if (this.#guesses.size <= MOST) break
      this.#guesses.delete(key)
    }
    return true
  }

  /** The guess was none: it was right, or was never tried. */
  takeBack(user: string, address: string): void {
    this.#changes++
    for (const [key] of keysOf(user, address)) {
      const guesses = this.#guesses.get(key)
      if (guesses && guesses.count > 1) this.#guesses.set(key, { ...guesses, count: guesses.count - 1 })
      else this.#guesses.delete(key)
    }
  }

  /** The user came in: wrong guesses before were slips. */
  succeeded(user: string, address: string): void {
    this.takeBack(user, address)
    this.#guesses.delete(keysOf(user, address)[0]![0])
  }

  #areTooMany(keys: ReturnType<typeof keysOf>): boolean {
    return keys.some(([key, most]) => (this.#current(key)?.count ?? 0) >= most)
  }

  #current(key: string): Guesses | undefined {
    const guesses = this.#guesses.get(key)
    return guesses && this.#now().getTime() - guesses.since < WINDOW_MS ? guesses : undefined
  }
}

/** Without an address nothing is counted for all users together: one who guesses must not shut out everybody. */
function keysOf(user: string, address: string): readonly (readonly [key: string, most: number])[] {
  const place = placeOf(address)
  return [
    [`${place} ${user.toLowerCase()}`, LIMITS.pair],
    ...(place === '' ? [] : [[place, LIMITS.place] as const]),
  ]
}
