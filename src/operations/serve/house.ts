import type { Ambient } from '../../base/ambient.ts'
import { TurnLook } from '../../base/turn-look.ts'
import type { HashCost } from '../../crypto/password-hash.ts'
import type { House } from '../../dialects/house.ts'
import { AnswerMemory } from '../../http/answer-memory.ts'
import type { UserBook } from '../../settings/user-records.ts'
import type { ServedPlace } from './access.ts'
import { CrlShelf } from './crl-shelf.ts'
import { makeGate } from './gate.ts'

/** What a house is made of. */
export interface HouseSetup {
  readonly book: UserBook
  readonly places: readonly ServedPlace[]
  readonly ambient: Ambient
  readonly version: string
  readonly options?: Readonly<Record<string, string>>
  readonly log?: (line: string) => void
  /** Bytes of answers that are remembered; 0: none. Default: `AnswerMemory`'s. */
  readonly answerMemory?: number | undefined
  /** Of passwords that are set through the API. */
  readonly cost?: HashCost
}

/** Everything that a dialect's server stands on, over users and stores. */
export function makeHouse(setup: HouseSetup): House {
  const { ambient, version, options = {}, log = () => undefined, answerMemory: bytes } = setup
  const book = turnBook(setup.book)
  const answers = new AnswerMemory({ now: ambient.now, ...(bytes !== undefined && { bytes }) })
  return {
    gate: makeGate({ ...setup, book }),
    crls: new CrlShelf(setup.places, ambient.now),
    ambient,
    stores: setup.places.map(({ name }) => name),
    product: { name: 'certman', version },
    get hostKey() {
      return Buffer.from(book.read().hostKey, 'base64')
    },
    options,
    ...(bytes !== 0 && { answers }),
    log,
  }
}

/** The same book, read once for all requests of a turn of the event loop, and again after each change made through it. */
function turnBook(book: UserBook): UserBook {
  const look = new TurnLook(() => book.read())
  return {
    read: () => look.value,
    async change(change) {
      try {
        return await book.change(change)
      } finally {
        look.forget()
      }
    },
  }
}
