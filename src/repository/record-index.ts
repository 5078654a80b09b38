import type { JsonObject } from '../base/json.ts'
import type { Query } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import type { IndexedRecord, LookUp, NewRecord, RevokedRow } from './repository.ts'

/** A part of a segment; bytes. */
export interface SegmentPlace {
  readonly segment: number
  readonly offset: number
  readonly length: number
}

/** Where the text of a record lies: in a file of its own, or as one of many in a segment. */
export type RecordPlace = 'loose' | SegmentPlace

/** What an index keeps of one record. */
export interface IndexEntry extends IndexedRecord {
  readonly place: RecordPlace
}

/** What an index keeps of one record in the trash. */
export interface TrashEntry extends IndexedRecord {
  /** RFC 3339 UTC. */
  readonly trashedAt: string
}

/** At most this many records answer one look-up (`Reading.find`). */
export const FIND_LIMIT = 20

/** Answers everything that a listing or a look-up needs without opening a record's file. */
export interface IndexReading {
  get(kind: RecordKind, id: string): IndexEntry | undefined
  list(kind: RecordKind, query: Query, now: Date): Iterable<IndexEntry>
  count(kind: RecordKind, filter: Query['filter'], now: Date): number
  find(kind: RecordKind, lookUp: LookUp): readonly IndexEntry[]
  /** Newest first. */
  trashed(kind?: RecordKind): readonly TrashEntry[]
  getTrashed(kind: RecordKind, id: string): TrashEntry | undefined
  /** Segments that hold a copy of the record, outdated ones included. */
  copies(kind: RecordKind, id: string): readonly number[]
  /** See `WriteTransaction.revoked`. */
  revoked(authorityId: string): Iterable<RevokedRow>
  /** The highest decimal id of a kind, live or in the trash; 0 when there is none. */
  highestId(kind: RecordKind): number
}

/** The index as a transaction sees it. Copies that `upsert` and `remove` leave behind in segments are remembered. */
export interface IndexWriting extends IndexReading {
  upsert(entry: IndexEntry): void
  /** The same, quicker, for a record whose id no live record has. */
  insert(entry: IndexEntry): void
  remove(kind: RecordKind, id: string): void
  /** The record lies elsewhere now, in a rewritten segment for one; nothing stays behind. */
  move(kind: RecordKind, id: string, place: RecordPlace): void
  addTrash(entry: TrashEntry): void
  removeTrash(kind: RecordKind, id: string): void
  /** Forgets all copies: the segments hold none any more. */
  removeCopies(kind: RecordKind, id: string): void
  clear(): void
}

/** The segment of a place; undefined for a loose file. */
export const segmentOf = (place: RecordPlace): number | undefined =>
  place === 'loose' ? undefined : place.segment

/** Whether ids of a kind are decimal numbers that the store gives; keys are named by the hash of their public key. */
export const hasDecimalIds = (kind: RecordKind): boolean => kind !== 'key'

/** The order of ids: decimal ones as numbers, others as text. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length && /^\d+$/.test(a) && /^\d+$/.test(b)) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

/** `record` with its id among the fields and without absent fields: what is kept, whoever hands it in. */
export function normalise(record: NewRecord): NewRecord {
  const fields: Record<string, NewRecord['fields'][string]> = { id: record.id }
  for (const name of Object.keys(record.fields)) {
    const value = record.fields[name]
    if (value !== undefined) fields[name] = value
  }
  fields['id'] = record.id
  return { ...record, fields }
}

/** What a CRL says of a certificate; undefined when it is not revoked by this authority. */
export function revokedRow({ row }: Pick<IndexedRecord, 'row'>, authorityId: string): RevokedRow | undefined {
  const { authorityId: own, revocation, serialNumber, notAfter, extendedKeyUsage } = row
  if (own !== authorityId || typeof revocation !== 'object' || revocation === null) return undefined
  return {
    serialNumber: String(serialNumber),
    notAfter: String(notAfter),
    revocation: revocation as JsonObject,
    extendedKeyUsage: (extendedKeyUsage as RevokedRow['extendedKeyUsage'] | undefined) ?? null,
  }
}
