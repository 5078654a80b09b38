import { TurnLook } from '../../base/turn-look.ts'
import type { UserBook } from '../../settings/user-records.ts'

/** The same book, read once for all requests of a turn of the event loop, and again after each change made through it. */
export function turnBook(book: UserBook): UserBook {
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
