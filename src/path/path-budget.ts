/** What a search spends: issuers looked at (each costs a signature check), names compared with the bases of constraints. */
interface Spent {
  steps: number
  comparisons: number
}

/**
 * What all searches of one question share: the first labyrinth gets out of breath, and not each of a thousand leaves.
 * Go and webpki stop at 100 signatures and 250,000 comparisons, OpenSSL at 2^20 comparisons for two certificates.
 */
const SHARED: Spent = { steps: 1000, comparisons: 1 << 20 }

/** What each search has besides: more than honest chains need, so that no labyrinth beside them takes it away. */
const OWN: Spent = { steps: 20, comparisons: 1 << 14 }

/** What answering one question may cost, however many certificates it is about. */
export class PathBudget {
  readonly #left: Spent = { ...SHARED }

  /** What one search may spend. */
  share(): PathShare {
    return new PathShare(this.#left)
  }
}

/** What one search may spend of its own, and of what is left for all. */
class PathShare {
  readonly #own: Spent = { ...OWN }
  readonly #shared: Spent

  constructor(shared: Spent) {
    this.#shared = shared
  }

  /** @returns whether there was so much left; nothing is spent where there was not */
  spend(what: keyof Spent, count: number): boolean {
    const purse = count <= this.#own[what] ? this.#own : this.#shared
    if (count > purse[what]) return false
    purse[what] -= count
    return true
  }
}

export type { PathShare }
