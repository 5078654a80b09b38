import type { ServedStore } from './house.ts'

interface Known {
  readonly version: string
  readonly until: number
  readonly values: Map<string, Promise<unknown>>
}

/** A store is asked so many different questions at most before it is asked all of them again. */
const MOST = 200
/** What depends on the time of day holds no longer. */
const MILLISECONDS = 1000

/**
 * What was found out of a store, as one user sees it, a moment ago and still holds: how many records fit a filter, names
 * of authorities. A store that cannot tell whether it has changed is asked every time.
 */
export class WhileUnchanged {
  readonly #now: () => Date
  readonly #known = new WeakMap<ServedStore, Known>()

  constructor(now: () => Date) {
    this.#now = now
  }

  /** @param question names what `find` looks for */
  async get<T>(served: ServedStore, question: string, find: () => Promise<T>): Promise<T> {
    const version = await served.store.version?.()
    if (version === undefined) return find()
    const now = this.#now().getTime()
    let known = this.#known.get(served)
    const holds = known && known.version === version && now < known.until && now >= known.until - MILLISECONDS
    const found = holds ? (known?.values.get(question) as Promise<T> | undefined) : undefined
    if (found) return found
    if (!known || !holds || known.values.size >= MOST) {
      known = { version, until: now + MILLISECONDS, values: new Map() }
      this.#known.set(served, known)
    }
    const finding = find()
    known.values.set(question, finding)
    // what failed is asked again
    finding.catch(() => known.values.delete(question))
    return finding
  }
}
