import { sha256 } from '../crypto/digest.ts'
import { EVERYTHING } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import type { ServedStore } from './house.ts'

/** One record behind a number. */
export interface Numbered {
  readonly served: ServedStore
  readonly id: string
}

interface Table {
  readonly byId: Map<string, number>
  readonly byNumber: Map<number, string>
}

/**
 * The ids of vendors whose ids are numbers. Each store has a span of them. In its lower half decimal ids stand for
 * themselves, so that those of the first store are their own numbers; in the upper half ids that are no number (of other
 * vendors) get one from their hash: the same after a restart, unless two ids fall together.
 */
export class Numbers {
  readonly #span: number
  readonly #half: number
  readonly #tables = new Map<string, Table>()

  /** @param bits of the span of one store, 32 at most: the hash gives no more */
  constructor(bits: number) {
    this.#span = 2 ** bits
    this.#half = this.#span / 2
  }

  /** The number of a record. */
  numberOf(served: ServedStore, kind: RecordKind, id: string): number {
    const base = (served.number - 1) * this.#span
    if (/^(?:0|[1-9]\d{0,9})$/.test(id) && Number(id) < this.#half) return base + Number(id)
    const { byId, byNumber } = this.#table(served, kind)
    const known = byId.get(id)
    if (known !== undefined) return base + known
    let number = this.#half + (Buffer.from(sha256(Buffer.from(id))).readUInt32BE(0) % this.#half)
    while (byNumber.has(number)) number = number + 1 < this.#span ? number + 1 : this.#half
    byId.set(id, number)
    byNumber.set(number, id)
    return base + number
  }

  /** The store in whose span a number lies. */
  storeOf(stores: readonly ServedStore[], number: number): ServedStore | undefined {
    return stores.find((each) => each.number === Math.floor(number / this.#span) + 1)
  }

  /** The record that a number stands for; undefined when no store that is open can have it. */
  async find(
    stores: readonly ServedStore[],
    kind: RecordKind,
    number: number,
  ): Promise<Numbered | undefined> {
    const served = this.storeOf(stores, number)
    if (!served || !served.store.can.list.includes(kind)) return undefined
    const own = number % this.#span
    return own < this.#half ? { served, id: String(own) } : this.#findHashed(served, kind, own)
  }

  async #findHashed(served: ServedStore, kind: RecordKind, own: number): Promise<Numbered | undefined> {
    const { byNumber } = this.#table(served, kind)
    // after a restart nobody has listed the store yet
    if (!byNumber.has(own))
      for await (const row of served.store.list(kind, EVERYTHING)) this.numberOf(served, kind, row.id)
    const id = byNumber.get(own)
    return id === undefined ? undefined : { served, id }
  }

  /** The number as one store's own id: for comparisons such as `CertId -gt 100`. Below 0: before all of them. */
  localNumber(served: ServedStore, number: number): number {
    return Math.min(number - (served.number - 1) * this.#span, this.#span)
  }

  #table(served: ServedStore, kind: RecordKind): Table {
    const key = `${served.number} ${kind}`
    let table = this.#tables.get(key)
    if (!table) this.#tables.set(key, (table = { byId: new Map(), byNumber: new Map() }))
    return table
  }
}
