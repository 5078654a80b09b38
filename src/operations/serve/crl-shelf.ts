import { isCertmanError } from '../../base/errors.ts'
import { Recent } from '../../base/recent.ts'
import { collect } from '../../base/lists.ts'
import { sha256Hex } from '../../crypto/digest.ts'
import type { PublicCrl, PublicCrls, ServedStore } from '../../dialects/house.ts'
import { EVERYTHING } from '../../domain/filter.ts'
import type { ListedRecord } from '../../store/store.ts'

interface Kept {
  /** Undefined: there is no such authority. */
  readonly crl: PublicCrl | undefined
  readonly version: string | undefined
  readonly from: number
  readonly bytes: number
}

interface KnownRows {
  readonly rows: Promise<readonly ListedRecord[]>
  readonly from: number
}

/** While a store does not change: its files may be edited by hand, and a CRL comes due. */
const LOCAL_MS = 1000
/** A remote store cannot tell whether it has changed. */
const REMOTE_MS = 10_000
/** Of CRLs; what alone is longer is looked for each time. */
const MOST_BYTES = 32 * 1024 * 1024
/** What an entry takes besides. */
const OVERHEAD = 1000

/**
 * CRLs that were asked for a moment ago: anybody may ask, as often as they like. All who do at a time have the same bytes,
 * and wait for the same look at the store. Names that nobody has cost a remote store one listing every ten seconds.
 */
export class CrlShelf implements PublicCrls {
  readonly stores: readonly ServedStore[]
  readonly #now: () => Date
  readonly #kept = new Recent<Kept>(MOST_BYTES, ({ bytes }) => bytes)
  readonly #underWay = new Map<string, Promise<PublicCrl | undefined>>()
  readonly #rows = new Map<number, KnownRows>()

  constructor(stores: readonly ServedStore[], now: () => Date) {
    this.stores = stores
    this.#now = now
  }

  async of(served: ServedStore, authority: string): Promise<PublicCrl | undefined> {
    const version = await served.store.version?.()
    const key = `${served.number} ${authority}`
    const from = this.#now().getTime()
    const most = version === undefined ? REMOTE_MS : LOCAL_MS
    const known = this.#kept.take(key)
    if (known && known.version === version && this.#holds(known.from, most)) return known.crl
    // what is looked for since another version may lack what has changed
    const look = `${key}\n${version ?? ''}`
    let finding = this.#underWay.get(look)
    if (!finding) {
      finding = this.#find(served, authority).finally(() => this.#underWay.delete(look))
      this.#underWay.set(look, finding)
    }
    const crl = await finding
    const bytes = OVERHEAD + key.length + (crl?.der.length ?? 0)
    this.#kept.keep(key, { crl, version, from, bytes })
    return crl
  }

  async authorities(served: ServedStore): Promise<readonly ListedRecord[] | undefined> {
    const { store, number } = served
    if ((await store.version?.()) !== undefined || !store.can.list.includes('authority')) return undefined
    const known = this.#rows.get(number)
    if (known && this.#holds(known.from, REMOTE_MS)) return known.rows
    const rows = collect(store.list('authority', EVERYTHING))
    this.#rows.set(number, { rows, from: this.#now().getTime() })
    rows.catch(() => {
      // what failed is asked again; it may fail so late that somebody has asked since
      if (this.#rows.get(number)?.rows === rows) this.#rows.delete(number)
    })
    return rows
  }

  /** A clock that was put back ends it too. */
  #holds(from: number, most: number): boolean {
    const now = this.#now().getTime()
    return now >= from && now < from + most
  }

  async #find(served: ServedStore, authority: string): Promise<PublicCrl | undefined> {
    const rows = await this.authorities(served)
    const id = rows ? idIn(rows, authority) : authority
    if (id === undefined) return undefined
    try {
      const { der, row } = await served.store.crl(id)
      return { der, row, etag: `"${sha256Hex(der).slice(0, 32)}"` }
    } catch (error) {
      // one that may sign none will have none
      if (isCertmanError(error, 'record.not-found', 'input.invalid', 'policy.refused')) return undefined
      throw error
    }
  }
}

/** An id goes before a name; a name that several share is none's. */
function idIn(rows: readonly ListedRecord[], authority: string): string | undefined {
  if (rows.some(({ id }) => id === authority)) return authority
  const named = rows.filter(({ name }) => name === authority)
  return named.length === 1 ? named[0]!.id : undefined
}
