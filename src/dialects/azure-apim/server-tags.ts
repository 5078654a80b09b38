import { toBase64 } from '../../base/bytes.ts'
import { sha256 } from '../../crypto/digest.ts'
import type { Json } from '../../base/json.ts'
import type { ListedRecord, Store } from '../../store/store.ts'

/** The state of a record: its tag on the wire, and the store's own revision where it has one. */
export interface RecordState {
  /** With quotes. */
  readonly tag: string
  readonly revision: string | undefined
}

/** What makes a record another one is in its revision; where the store has none, in its row. */
export async function stateOf(store: Store, row: ListedRecord): Promise<RecordState> {
  const revision = await revisionOf(store, row)
  const digest = sha256(Buffer.from(`${row.id}\n${revision ?? JSON.stringify(lasting(row))}`))
  // eight bytes, like the row versions of the service
  return { tag: `"${toBase64(digest.subarray(0, 8))}"`, revision }
}

async function revisionOf(store: Store, row: ListedRecord): Promise<string | undefined> {
  if (typeof row['revision'] === 'string') return row['revision']
  return store.can.exportCertificate ? (await store.certificate(row.id)).revision : undefined
}

/** The state of a certificate changes by itself, with time. */
const lasting = ({ state: _state, ...row }: ListedRecord): Json => row as Json

/** What an `If-Match` or `If-None-Match` header says. */
export type Condition = 'any' | readonly string[] | undefined

/**
 * Reads a condition: `*`, `"*"` (as the vendor's own examples have it), tags with and without quotes and `W/`, lists.
 *
 * @returns undefined without the header
 */
export function readCondition(header: string | undefined): Condition {
  const text = header?.trim() ?? ''
  if (text === '') return undefined
  const tags = text.split(',').map((each) => each.trim().replace(/^W\//i, '').replace(/^"|"$/g, ''))
  return tags.includes('*') ? 'any' : tags
}

/** Whether a condition other than "any" holds for a tag. */
export const holds = (condition: readonly string[], { tag }: RecordState): boolean =>
  condition.includes(tag.slice(1, -1))
