import { Anteroom } from './anteroom.ts'
import { placeOf } from './caller-place.ts'

/** What may arrive. */
export interface EntranceLimits {
  /** Whose bodies are coming. */
  readonly callers: number
  /** Of all bodies, from when they come until their requests are answered. */
  readonly bytes: number
}

/** Says that so many more bytes have come; `false`: nobody wants them any more. */
export type Arrived = (bytes: number) => boolean

/** One body. */
interface Parcel {
  readonly caller: string
  bytes: number
  isWanted: boolean
}

/**
 * For callers whose bodies are coming, and the memory that bodies hold until their requests are answered. Who sends slowly
 * holds no place of those who work, and where it is too much, whoever has most of it has to go.
 */
export class Entrance {
  readonly #most: number
  readonly #room: Anteroom
  /** Bytes of each caller. */
  readonly #held = new Map<string, number>()
  #bytes = 0

  /** @param refusal what one that has to go is told */
  constructor({ callers, bytes }: EntranceLimits, refusal: string) {
    this.#most = bytes
    this.#room = new Anteroom(callers, refusal)
  }

  /** Callers whose bodies are coming now. */
  get size(): number {
    return this.#room.size
  }

  /** A body is to come. @param caller its user, else its address: who has most is counted by it */
  parcel(caller: string): Parcel {
    return { caller: placeOf(caller), bytes: 0, isWanted: true }
  }

  /**
   * The body, when all of it has come.
   *
   * @param read reads it, and says what has arrived
   * @param isOut told before the caller has to go
   * @throws {CertmanError} `server.busy` for the one that has to go
   */
  waitFor(
    parcel: Parcel,
    read: (arrived: Arrived) => Promise<Uint8Array>,
    isOut: () => void,
  ): Promise<Uint8Array> {
    const body = read((bytes) => this.#hold(parcel, bytes))
    return this.#room.waitFor(body, parcel.caller, () => {
      this.letGo(parcel)
      isOut()
    })
  }

  /** The request is answered. */
  letGo(parcel: Parcel): void {
    parcel.isWanted = false
    this.#add(parcel, -parcel.bytes)
  }

  #hold(parcel: Parcel, bytes: number): boolean {
    if (!parcel.isWanted) return false
    this.#add(parcel, bytes)
    while (this.#bytes > this.#most && this.#room.size > 0) this.#room.makeRoom(this.#held)
    return parcel.isWanted
  }

  #add(parcel: Parcel, bytes: number): void {
    parcel.bytes += bytes
    this.#bytes += bytes
    const held = (this.#held.get(parcel.caller) ?? 0) + bytes
    if (held > 0) this.#held.set(parcel.caller, held)
    else this.#held.delete(parcel.caller)
  }
}
