import type { Secret } from '../../base/secret.ts'
import { hashPassword } from '../../crypto/password-hash.ts'
import type { Accounts } from '../../dialects/house.ts'
import {
  checkUserName,
  getUser,
  withChangedUser,
  withoutUser,
  withUser,
} from '../../settings/user-changes.ts'
import { servedUser } from './access.ts'
import type { GateSetup } from './gate.ts'

/** Accounts over the users of a book. */
export function accountsOf({ book, ambient, cost }: GateSetup): Accounts {
  const hash = async (password: Secret): Promise<string> => {
    const bytes = password.use((lent) => Uint8Array.from(lent))
    return hashPassword(bytes, ambient.random(16), cost)
  }
  return {
    async list() {
      return book.read().users.map(servedUser)
    },
    async create({ name, password, role }) {
      checkUserName(name)
      const secret = await hash(password)
      const user = { name, role, password: secret, apiKeys: [], createdAt: ambient.now().toISOString() }
      return servedUser(await book.change((list) => withUser(list, user)))
    },
    async remove(number) {
      await book.change((list) => withoutUser(list, number))
    },
    async setPassword(number, password) {
      const secret = await hash(password)
      await book.change((list) => [
        withChangedUser(list, { ...getUser(list, number), password: secret }),
        undefined,
      ])
    },
    async setRole(number, role) {
      return book.change((list) => {
        const changed = { ...getUser(list, number), role }
        return [withChangedUser(list, changed), servedUser(changed)]
      })
    },
  }
}
