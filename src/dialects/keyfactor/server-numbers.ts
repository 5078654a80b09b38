import { sha256 } from '../../crypto/digest.ts'
import type { RecordKind } from '../../domain/records.ts'
import { EVERYTHING } from '../../domain/filter.ts'
import type { ServedStore } from '../house.ts'
import type { Store } from '../../store/store.ts'

/** Numbers of one store: 16 stores fit into the non-negative half of an Int32. */
const SPAN = 2 ** 27
/** Decimal ids below it stand for themselves; other ids get a number above it. */
const OWN = 2 ** 26

/** One record on the wire. */
export interface Numbered {
  readonly served: ServedStore
  readonly id: string
}

/**
 * The numbers of records on the wire. The first store's decimal ids are their own numbers; those of the second one
 * begin at 2^27, and so on. Ids that are no number (of other vendors) get one from their hash: it is the same after a
 * restart, unless two ids fall together.
 */
export class Numbers {
  readonly #tables = new Map<
    string,
    { readonly byId: Map<string, number>; readonly byNumber: Map<number, string> }
  >()

  /** The number of a record. */
  numberOf(served: ServedStore, kind: RecordKind, id: string): number {
    const base = (served.number - 1) * SPAN
    if (/^(?:0|[1-9]\d{0,7})$/.test(id) && Number(id) < OWN) return base + Number(id)
    const table = this.#table(served, kind)
    const known = table.byId.get(id)
    if (known !== undefined) return base + known
    const digest = sha256(Buffer.from(id))
    let number = OWN + (Buffer.from(digest).readUInt32BE(0) % OWN)
    while (table.byNumber.has(number)) number = number + 1 < SPAN ? number + 1 : OWN
    table.byId.set(id, number)
    table.byNumber.set(number, id)
    return base + number
  }

  /** The record of a number; undefined when no store that is open can have it. */
  async find(
    stores: readonly ServedStore[],
    kind: RecordKind,
    number: number,
  ): Promise<Numbered | undefined> {
    const served = stores.find((each) => each.number === Math.floor(number / SPAN) + 1)
    if (!served) return undefined
    const own = number % SPAN
    if (own < OWN) return { served, id: String(own) }
    const table = this.#table(served, kind)
    if (!table.byNumber.has(own)) await this.#fill(served, kind)
    const id = table.byNumber.get(own)
    return id === undefined ? undefined : { served, id }
  }

  /** The number as one store's own id: for comparisons such as `CertId -gt 100`. Below 0: before all of them. */
  localNumber(served: ServedStore, number: number): number {
    return Math.min(number - (served.number - 1) * SPAN, SPAN)
  }

  /** After a restart nobody has listed the store yet. */
  async #fill(served: ServedStore, kind: RecordKind): Promise<void> {
    const store: Store = served.store
    for await (const row of store.list(kind, EVERYTHING)) this.numberOf(served, kind, row.id)
  }

  #table(
    served: ServedStore,
    kind: RecordKind,
  ): { readonly byId: Map<string, number>; readonly byNumber: Map<number, string> } {
    const key = `${served.number} ${kind}`
    let table = this.#tables.get(key)
    if (!table) this.#tables.set(key, (table = { byId: new Map(), byNumber: new Map() }))
    return table
  }
}
