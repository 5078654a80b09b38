import { CertmanError } from '../base/errors.ts'
import { placeOf } from './caller-place.ts'

interface Guest {
  /** See `placeOf`. */
  readonly place: string
  readonly turnOut: () => void
}

/**
 * Where callers wait who may make others wait: until their bodies have come, and who takes a long answer. It costs
 * them nothing to send or take a byte a second: they hold no place of those who work, and when the room is full, one of them
 * has to go before the next one comes in. Honest callers are through within a moment.
 */
export class Anteroom {
  readonly #most: number
  readonly #refusal: string
  /** In the order in which they came. */
  readonly #guests = new Set<Guest>()

  /** @param refusal what one that has to go is told */
  constructor(most: number, refusal: string) {
    this.#most = most
    this.#refusal = refusal
  }

  /** Callers who wait now. */
  get size(): number {
    return this.#guests.size
  }

  /**
   * What comes of it: a body, or an answer that is taken.
   *
   * @param address of the caller, or its user: who has to go is one of the address that has the most of them here, the first that came
   * @param isOut told before it has to go
   * @throws {CertmanError} `server.busy` for the one that has to go
   */
  waitFor<T>(passage: Promise<T>, address: string, isOut: () => void): Promise<T> {
    if (this.#guests.size >= this.#most) this.makeRoom()
    return new Promise((resolve, reject) => {
      const leave = (): void => void this.#guests.delete(guest)
      const turnOut = (): void => {
        leave()
        isOut()
        reject(new CertmanError('server.busy', this.#refusal))
      }
      const guest = { place: placeOf(address), turnOut }
      this.#guests.add(guest)
      passage.then(
        (value) => {
          leave()
          resolve(value)
        },
        (error: Error) => {
          leave()
          reject(error)
        },
      )
    })
  }

  /** One of them has to go. @param shares what each address has; how many of them there are, where it is not said */
  makeRoom(shares: ReadonlyMap<string, number> = this.#counts()): void {
    const guests = [...this.#guests]
    const shareOf = ({ place }: Guest): number => shares.get(place) ?? 0
    const most = Math.max(...guests.map(shareOf))
    guests.find((guest) => shareOf(guest) === most)?.turnOut()
  }

  #counts(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { place } of this.#guests) counts.set(place, (counts.get(place) ?? 0) + 1)
    return counts
  }
}
