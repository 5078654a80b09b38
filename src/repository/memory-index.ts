import { foldNameText } from '../base/fold-name.ts'
import type { JsonObject } from '../base/json.ts'
import type { Query } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { casefold } from '../query/fold.ts'
import { toPredicate } from '../query/predicate.ts'
import { compareRows } from '../query/sort.ts'
import {
  compareIds,
  FIND_LIMIT,
  revokedRow,
  segmentOf,
  type IndexEntry,
  type IndexWriting,
  type RecordPlace,
  type TrashEntry,
} from './record-index.ts'
import type { LookUp, RevokedRow } from './repository.ts'

const keyOf = (kind: RecordKind, id: string): string => `${kind} ${id}`

/** The exact look-ups: a record answers to each of these. A superseded certificate has given its name away. */
export function handlesOf(kind: RecordKind, row: JsonObject): readonly string[] {
  const handles: string[] = []
  const add = (by: LookUp['by'], value: unknown): void => {
    if (typeof value === 'string') handles.push(`${kind} ${by} ${value}`)
  }
  if (row['supersededBy'] === undefined || row['supersededBy'] === null) add('name', row['name'])
  add('serialNumber', row['serialNumber'])
  add('fingerprint', row['fingerprint'])
  add('subject', subjectHandle(row['subject']))
  add('keyId', keyIdOf(kind, row))
  return handles
}

/** What `handlesOf` has of a record that fits a look-up; ids and prefixes have no handle. */
export function handleOf(kind: RecordKind, lookUp: Exclude<LookUp, { readonly by: 'id' | 'hex' }>): string {
  return `${kind} ${lookUp.by} ${valueOf(lookUp)}`
}

/** What is compared of a look-up. */
export const valueOf = (lookUp: Exclude<LookUp, { readonly by: 'id' | 'hex' }>): string =>
  lookUp.by === 'subject'
    ? subjectHandle(lookUp.subject)!
    : (lookUp as unknown as Readonly<Record<string, string>>)[lookUp.by]!

/** The subject of a row as `valueOf` has it. */
export const subjectHandle = (subject: unknown): string | undefined =>
  typeof subject === 'string' ? foldNameText(casefold(subject)) : undefined

/** The SHA-256 of the record's public key: of the key itself, or of the key that a certificate or request is for. */
export function keyIdOf(kind: RecordKind, row: JsonObject): string | undefined {
  const publicKey = row['publicKey']
  const ofPublicKey =
    typeof publicKey === 'object' ? (publicKey as JsonObject | null)?.['spkiHash'] : undefined
  const id = kind === 'key' ? row['id'] : (ofPublicKey ?? row['keyId'])
  return typeof id === 'string' ? id : undefined
}

const HEX_FIELDS = ['thumbprint', 'fingerprint', 'keyId'] as const

function hasHexPrefix(entry: IndexEntry, prefix: string): boolean {
  const values = HEX_FIELDS.map((field) => entry.row[field])
  return [...values, keyIdOf(entry.kind, entry.row)].some(
    (value) => typeof value === 'string' && value.toLowerCase().startsWith(prefix),
  )
}

/**
 * The index without a database: for stores that cannot be written, and where no SQLite can be loaded. `clone` gives each
 * transaction a draft of its own, so that nobody sees half of it.
 */
export class MemoryIndex implements IndexWriting {
  readonly #live: Map<string, IndexEntry>
  readonly #trash: Map<string, TrashEntry>
  readonly #copies: Map<string, ReadonlySet<number>>
  /** Handle -> ids; made on the first look-up and kept up to date from then on. */
  #handles: Map<string, Set<string>> | undefined

  constructor(from?: MemoryIndex) {
    this.#live = new Map(from ? from.#live : [])
    this.#trash = new Map(from ? from.#trash : [])
    this.#copies = new Map(from ? from.#copies : [])
  }

  clone(): MemoryIndex {
    return new MemoryIndex(this)
  }

  get(kind: RecordKind, id: string): IndexEntry | undefined {
    return this.#live.get(keyOf(kind, id))
  }

  list(kind: RecordKind, query: Query, now: Date): Iterable<IndexEntry> {
    const fits = toPredicate(query.filter, kind, now)
    const compare = compareRows(query.sort, kind, now)
    const found = this.#ofKind(kind).filter((entry) => fits(entry.row))
    found.sort((a, b) => compare(a.row, b.row) || compareIds(a.id, b.id))
    const start = query.offset ?? 0
    return found.slice(start, query.limit === undefined ? undefined : start + query.limit)
  }

  count(kind: RecordKind, filter: Query['filter'], now: Date): number {
    const fits = toPredicate(filter, kind, now)
    return this.#ofKind(kind).filter((entry) => fits(entry.row)).length
  }

  find(kind: RecordKind, lookUp: LookUp): readonly IndexEntry[] {
    return this.#find(kind, lookUp)
      .toSorted((a, b) => compareIds(a.id, b.id))
      .slice(0, FIND_LIMIT)
  }

  trashed(kind?: RecordKind): readonly TrashEntry[] {
    const found = [...this.#trash.values()].filter((entry) => kind === undefined || entry.kind === kind)
    return found.sort((a, b) =>
      a.trashedAt === b.trashedAt ? compareIds(b.id, a.id) : a.trashedAt < b.trashedAt ? 1 : -1,
    )
  }

  getTrashed(kind: RecordKind, id: string): TrashEntry | undefined {
    return this.#trash.get(keyOf(kind, id))
  }

  copies(kind: RecordKind, id: string): readonly number[] {
    const current = segmentOf(this.get(kind, id)?.place ?? 'loose')
    const all = new Set(this.#copies.get(keyOf(kind, id)))
    if (current !== undefined) all.add(current)
    return [...all]
  }

  revoked(authorityId: string): Iterable<RevokedRow> {
    return this.#ofKind('certificate')
      .sort((a, b) => compareIds(a.id, b.id))
      .map((entry) => revokedRow(entry, authorityId))
      .filter((row) => row !== undefined)
  }

  highestId(kind: RecordKind): number {
    let highest = 0
    for (const map of [this.#live, this.#trash])
      for (const { kind: other, id } of map.values())
        if (other === kind && Number(id) > highest) highest = Number(id)
    return highest
  }

  upsert(entry: IndexEntry): void {
    this.remove(entry.kind, entry.id)
    this.insert(entry)
  }

  insert(entry: IndexEntry): void {
    this.#live.set(keyOf(entry.kind, entry.id), entry)
    if (this.#handles) this.#addHandles(this.#handles, entry)
  }

  remove(kind: RecordKind, id: string): void {
    const entry = this.#live.get(keyOf(kind, id))
    if (!entry) return
    if (entry.place !== 'loose') this.#copies.set(keyOf(kind, id), new Set(this.copies(kind, id)))
    this.#live.delete(keyOf(kind, id))
    for (const handle of handlesOf(kind, entry.row)) this.#handles?.get(handle)?.delete(id)
  }

  move(kind: RecordKind, id: string, place: RecordPlace): void {
    const entry = this.get(kind, id)
    if (entry) this.#live.set(keyOf(kind, id), { ...entry, place })
  }

  addTrash(entry: TrashEntry): void {
    this.#trash.set(keyOf(entry.kind, entry.id), entry)
  }

  removeTrash(kind: RecordKind, id: string): void {
    this.#trash.delete(keyOf(kind, id))
  }

  removeCopies(kind: RecordKind, id: string): void {
    this.#copies.delete(keyOf(kind, id))
  }

  clear(): void {
    this.#live.clear()
    this.#trash.clear()
    this.#copies.clear()
    this.#handles = undefined
  }

  #ofKind(kind: RecordKind): IndexEntry[] {
    return [...this.#live.values()].filter((entry) => entry.kind === kind)
  }

  #find(kind: RecordKind, lookUp: LookUp): readonly IndexEntry[] {
    if (lookUp.by === 'hex') {
      const prefix = lookUp.prefix.toLowerCase()
      return this.#ofKind(kind).filter((entry) => hasHexPrefix(entry, prefix))
    }
    if (lookUp.by === 'id') return [this.get(kind, lookUp.id)].filter((entry) => entry !== undefined)
    this.#handles ??= this.#makeHandles()
    const ids = this.#handles.get(handleOf(kind, lookUp)) ?? []
    return [...ids].map((id) => this.get(kind, id)!)
  }

  #makeHandles(): Map<string, Set<string>> {
    const handles = new Map<string, Set<string>>()
    for (const entry of this.#live.values()) this.#addHandles(handles, entry)
    return handles
  }

  #addHandles(handles: Map<string, Set<string>>, entry: IndexEntry): void {
    for (const handle of handlesOf(entry.kind, entry.row)) {
      const ids = handles.get(handle)
      if (ids) ids.add(entry.id)
      else handles.set(handle, new Set([entry.id]))
    }
  }
}
