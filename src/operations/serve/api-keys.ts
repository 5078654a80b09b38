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

/** Whose token it is; undefined when it is unknown or over. */
type KeyOf = (token: string) => readonly [UserRecord, ApiKeyRecord] | undefined
type Keys = readonly ApiKeyRecord[]

/** API keys over the users of a book. */
export const apiKeysOf = (setup: GateSetup, keyOf: KeyOf): ApiKeys => new BookApiKeys(setup, keyOf)

class BookApiKeys implements ApiKeys {
  readonly #setup: GateSetup
  readonly #keyOf: KeyOf

  constructor(setup: GateSetup, keyOf: KeyOf) {
    this.#setup = setup
    this.#keyOf = keyOf
  }

  async list(owner: ServedUser): Promise<readonly ApiKey[]> {
    return this.#keys(owner).map(shown)
  }

  async create(...[owner, order]: Parameters<ApiKeys['create']>): ReturnType<ApiKeys['create']> {
    const { random, now } = this.#setup.ambient
    const { record, token } = makeApiKey(order, { random, now: now() })
    await this.#change(owner, (keys) => [...keys, record])
    return { key: shown(record), token }
  }

  async edit(...[owner, id, change]: Parameters<ApiKeys['edit']>): ReturnType<ApiKeys['edit']> {
    return this.#replace(owner, id, change)
  }

  async renew(...[owner, id]: Parameters<ApiKeys['renew']>): ReturnType<ApiKeys['renew']> {
    const token = makeToken(this.#setup.ambient.random)
    const key = await this.#replace(owner, id, { hash: tokenHash(token) })
    return key && { key, token }
  }

  async remove(owner: ServedUser, id: string): Promise<boolean> {
    if (!this.#keys(owner).some((key) => key.id === id)) return false
    await this.#change(owner, (keys) => keys.filter((key) => key.id !== id))
    return true
  }

  async keyOf(token: string): Promise<ApiKey | undefined> {
    const found = this.#keyOf(token)
    return found && shown(found[1])
  }

  #keys({ number }: ServedUser): Keys {
    return this.#setup.book.read().users.find((user) => user.number === number)?.apiKeys ?? []
  }

  async #replace(owner: ServedUser, id: string, change: Partial<ApiKeyRecord>): Promise<ApiKey | undefined> {
    const modifiedAt = this.#setup.ambient.now().toISOString()
    const by = (key: ApiKeyRecord): ApiKeyRecord =>
      key.id === id ? { ...key, ...change, id, modifiedAt } : key
    if (!this.#keys(owner).some((key) => key.id === id)) return undefined
    await this.#change(owner, (keys) => keys.map(by))
    const changed = this.#keys(owner).find((key) => key.id === id)
    return changed && shown(changed)
  }

  #change({ number }: ServedUser, change: (keys: Keys) => Keys): Promise<void> {
    return this.#setup.book.change((list) => {
      const user = getUser(list, number)
      return [withChangedUser(list, { ...user, apiKeys: change(user.apiKeys) }), undefined]
    })
  }
}
