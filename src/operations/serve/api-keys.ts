import type { ApiKey, ApiKeys, ServedUser } from '../../dialects/house.ts'
import { getUser, withChangedUser } from '../../settings/user-changes.ts'
import type { ApiKeyRecord, UserRecord } from '../../settings/user-records.ts'
import { makeApiKey, makeToken, tokenHash } from './api-tokens.ts'
import type { GateSetup } from './gate.ts'

const shown = ({ id, purpose, createdAt, modifiedAt, expiresAt }: ApiKeyRecord): ApiKey => ({
  id,
  purpose,
  createdAt,
  modifiedAt,
  expiresAt,
})

type Replace = (key: ApiKeyRecord) => ApiKeyRecord

/**
 * API keys over the users of a book.
 *
 * @param keyOf whose token it is; undefined when it is unknown or over
 */
export function apiKeysOf(
  { book, ambient }: GateSetup,
  keyOf: (token: string) => readonly [UserRecord, ApiKeyRecord] | undefined,
): ApiKeys {
  const find = ({ number }: ServedUser, id: string): ApiKeyRecord | undefined =>
    book
      .read()
      .users.find((user) => user.number === number)
      ?.apiKeys.find((key) => key.id === id)
  const replace = async (owner: ServedUser, id: string, by: Replace): Promise<ApiKey | undefined> => {
    if (!find(owner, id)) return undefined
    return book.change((list) => {
      const user = getUser(list, owner.number)
      const apiKeys = user.apiKeys.map((key) => (key.id === id ? by(key) : key))
      const key = apiKeys.find((each) => each.id === id)
      return [withChangedUser(list, { ...user, apiKeys }), key && shown(key)]
    })
  }
  return {
    async list({ number }) {
      const user = book.read().users.find((each) => each.number === number)
      return (user?.apiKeys ?? []).map(shown)
    },
    async create(owner, order) {
      const { record, token } = makeApiKey(order, { random: ambient.random, now: ambient.now() })
      return book.change((list) => {
        const user = getUser(list, owner.number)
        const apiKeys = [...user.apiKeys, record]
        return [withChangedUser(list, { ...user, apiKeys }), { key: shown(record), token }]
      })
    },
    async edit(owner, id, change) {
      const modifiedAt = ambient.now().toISOString()
      return replace(owner, id, (key) => ({ ...key, ...change, modifiedAt }))
    },
    async renew(owner, id) {
      const token = makeToken(ambient.random)
      const modifiedAt = ambient.now().toISOString()
      const key = await replace(owner, id, (old) => ({ ...old, hash: tokenHash(token), modifiedAt }))
      return key && { key, token }
    },
    async remove(owner, id) {
      if (!find(owner, id)) return false
      return book.change((list) => {
        const user = getUser(list, owner.number)
        const apiKeys = user.apiKeys.filter((key) => key.id !== id)
        return [withChangedUser(list, { ...user, apiKeys }), true]
      })
    },
    async keyOf(token) {
      const found = keyOf(token)
      return found && shown(found[1])
    },
  }
}
