import { toBase64 } from '../../base/bytes.ts'
import { sha256 } from '../../crypto/digest.ts'
import type { Json } from '../../base/json.ts'
import type { ListedRecord, Store } from '../../store/store.ts'

/**
 * The tag of a record, with quotes: the store's own revision where its rows have one, else a digest of the row, which says
 * everything that can change of a certificate.
 */
export function tagOf(row: ListedRecord): string {
  const { revision } = row
  const text = typeof revision === 'string' ? revision : JSON.stringify(lasting(row))
  const digest = sha256(Buffer.from(`${row.id}\n${text}`))
  // eight bytes, like the row versions of the service
  return `"${toBase64(digest.subarray(0, 8))}"`
}

/** The state of a certificate changes by itself, with time. */
const lasting = ({ state: _state, ...row }: ListedRecord): Json => row as Json

/** The revision by which a store refuses to change what somebody else changed; undefined where it has none. */
export async function revisionOf(store: Store, row: ListedRecord): Promise<string | undefined> {
  if (typeof row['revision'] === 'string') return row['revision']
  return store.can.exportCertificate ? (await store.certificate(row.id)).revision : undefined
}

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

/** Whether a condition other than "any" holds for a record. */
export const holds = (condition: readonly string[], row: ListedRecord): boolean =>
  condition.includes(tagOf(row).slice(1, -1))
