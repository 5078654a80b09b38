import { sha256 } from '../../crypto/digest.ts'
import { EVERYTHING } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import type { ServedStore } from '../house.ts'

/** Numbers of one store; two million stores fit below 2^53, which JSON carries exactly. */
const SPAN = 2 ** 32
/** Decimal ids below it stand for themselves; other ids get a number above it. */
const OWN = 2 ** 31

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
 * The ids of the wire, which are numbers. The first store's decimal ids are their own; those of the second store begin
 * at 2^32. Ids of other vendors that are no number get one from their hash: the same after a restart.
 */
export class Numbers {
  readonly #tables = new Map<string, Table>()

  numberOf(served: ServedStore, kind: RecordKind, id: string): number {
    const base = (served.number - 1) * SPAN
    if (/^(?:0|[1-9]\d{0,9})$/.test(id) && Number(id) < OWN) return base + Number(id)
    const { byId, byNumber } = this.#table(served, kind)
    const known = byId.get(id)
    if (known !== undefined) return base + known
    let number = OWN + (Buffer.from(sha256(Buffer.from(id))).readUInt32BE(0) % OWN)
    while (byNumber.has(number)) number = number + 1 < SPAN ? number + 1 : OWN
    byId.set(id, number)
    byNumber.set(number, id)
    return base + number
  }

  /** The record that a number stands for; undefined when no store that is open can have it. */
  async find(
    stores: readonly ServedStore[],
    kind: RecordKind,
    number: number,
  ): Promise<Numbered | undefined> {
    const served =
      number < 0 ? undefined : stores.find((each) => each.number === Math.floor(number / SPAN) + 1)
    if (!served || !served.store.can.list.includes(kind)) return undefined
    const own = number % SPAN
    if (own < OWN) return { served, id: String(own) }
    const { byNumber } = this.#table(served, kind)
    // after a restart nobody has listed the store yet
    if (!byNumber.has(own))
      for await (const row of served.store.list(kind, EVERYTHING)) this.numberOf(served, kind, row.id)
    const id = byNumber.get(own)
    return id === undefined ? undefined : { served, id }
  }

  #table(served: ServedStore, kind: RecordKind): Table {
    const key = `${served.number} ${kind}`
    let table = this.#tables.get(key)
    if (!table) this.#tables.set(key, (table = { byId: new Map(), byNumber: new Map() }))
    return table
  }
}
