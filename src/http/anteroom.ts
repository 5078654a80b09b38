import { CertmanError } from '../base/errors.ts'
import { placeOf } from './caller-place.ts'

interface Guest {
  /** See `placeOf`. */
  readonly place: string
  readonly turnOut: () => void
}

/**
 * Where callers whom nobody knows yet wait until their bodies have come. It costs them nothing to send a byte a second: they
 * hold no place of those who work, and when the room is full, one of them has to go before the next one comes in. An honest
 * body is there within a moment.
 */
export class Anteroom {
  readonly #most: number
  /** In the order in which they came. */
  readonly #guests = new Set<Guest>()

  constructor(most: number) {
    this.#most = most
  }

  /** Callers who wait now. */
  get size(): number {
    return this.#guests.size
  }

  /**
   * What the body comes to.
   *
   * @param address of the caller: who has to go is one of the address that has the most of them here, the first that came
   * @param isOut told before it has to go
   * @throws {CertmanError} `server.busy` for the one that has to go
   */
  waitFor<T>(body: Promise<T>, address: string, isOut: () => void): Promise<T> {
    if (this.#guests.size >= this.#most) this.#makeRoom()
    return new Promise((resolve, reject) => {
      const leave = (): void => void this.#guests.delete(guest)
      const turnOut = (): void => {
        leave()
        isOut()
        reject(new CertmanError('server.busy', 'too many callers without a credential are sending a body'))
      }
      const guest = { place: placeOf(address), turnOut }
      this.#guests.add(guest)
      body.then(
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

  #makeRoom(): void {
    const guests = [...this.#guests]
    const counts = new Map<string, number>()
    for (const { place } of guests) counts.set(place, (counts.get(place) ?? 0) + 1)
    const most = Math.max(...counts.values())
    guests.find(({ place }) => counts.get(place) === most)?.turnOut()
  }
}
