import type { JsonObject } from '../../base/json.ts'
import type { Query } from '../../domain/filter.ts'
import type { RecordKind } from '../../domain/records.ts'
import { CertmanError } from '../../base/errors.ts'
import { sha256Hex } from '../../crypto/digest.ts'
import type { IndexEntry, IndexWriting } from '../record-index.ts'
import { ownFields, ownPem, parseRecordText, revisionOf } from '../record-text.ts'
import type { Describe, IndexedRecord, Reading, StoredRecord } from '../repository.ts'
import { codeOf, isMissing, type Files } from './files.ts'
import { attachmentPath, recordPath, segmentPath, type StorePath } from './paths.ts'
import { readFromSegment } from './segments.ts'

/** The file that a live record lies in. */
export const pathOfEntry = ({ kind, id, place }: IndexEntry): StorePath =>
  place === 'loose' ? recordPath(kind, id) : segmentPath(kind, place.segment)

/** How messages name what holds a live record. */
export const nameOfEntry = (files: Files, entry: IndexEntry): string =>
  `${files.absolute(pathOfEntry(entry))}${entry.place === 'loose' ? '' : ` at byte ${entry.place.offset}`}`

/** The text of a live record. @throws system errors, `store.damaged` */
export function readText(files: Files, entry: IndexEntry): string {
  const { kind, place } = entry
  if (place === 'loose') return files.read(pathOfEntry(entry)).toString('utf8')
  return readFromSegment(files, kind, place)
}

/** The bytes beside a live record, if there are any. @throws {CertmanError} `store.damaged` when they cannot be read */
export function readAttachment(files: Files, kind: RecordKind, id: string): Uint8Array | undefined {
  const path = attachmentPath(kind, recordPath(kind, id))
  if (path === undefined) return undefined
  try {
    return files.read(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    if (codeOf(error) === undefined) throw error
    const what = `${files.absolute(path)} cannot be read (${codeOf(error)}): it belongs to ${kind} ${id}`
    throw new CertmanError('store.damaged', what, { cause: error })
  }
}

/** The text of a record, and what the index knows of it. */
interface ReadText {
  readonly entry: IndexEntry
  readonly text: string
  /** Of the text, where it is known. */
  readonly revision?: string
  /** Of the file, for messages: asked for when there is one. */
  readonly name: string
}

/** The record of a text that the index was made from; undefined for another text. @throws {CertmanError} `store.damaged` */
export function asIndexed(read: ReadText): StoredRecord | undefined {
  const { entry, text } = read
  const { kind, id } = entry
  if ((read.revision ?? revisionOf(text)) !== entry.revision) return undefined
  const own = ownPem(text)
  if (own) return unaltered(read, own)
  const { fields, pem } = parseRecordText(text, read.name)
  return { kind, id, revision: entry.revision, row: entry.row, fields, ...(pem && { pem }) }
}

/**
 * The record of a text that was edited since. It counts as it stands: the files are the truth; other bytes under the
 * same id do not.
 *
 * @throws {CertmanError} `store.damaged`
 */
export function asEdited({ entry, text, name }: ReadText, describe: Describe): StoredRecord {
  const { kind, id } = entry
  const { fields, pem } = parseRecordText(text, name)
  const bytes = pem ? { pem } : {}
  const row = describe({ kind, id, fields, ...bytes })
  if (fields['id'] !== id || !isSame(entry, { row, ...bytes }))
    throw new CertmanError(
      'store.damaged',
      `${name} was altered: it is not the ${kind} ${id} that the store knows`,
    )
  return { kind, id, revision: revisionOf(text), row, fields, ...bytes }
}

/** What the index was made from: its lines and its row are read when somebody looks; most want the bytes alone. */
function unaltered(read: ReadText, pem: NonNullable<StoredRecord['pem']>): StoredRecord {
  const { entry } = read
  const { kind, id, revision } = entry
  let fields: JsonObject | undefined
  return {
    kind,
    id,
    revision,
    pem,
    get row() {
      return entry.row
    },
    get fields() {
      return (fields ??= ownFields(read.text, read.name))
    },
  }
}

/** Whether the bytes are those that the index was made from. */
function isSame({ row: known }: IndexEntry, { row, pem }: Pick<StoredRecord, 'row' | 'pem'>): boolean {
  const known256 = known['fingerprint']
  if (typeof known256 === 'string' && pem) return sha256Hex(pem.der) === known256
  return known['publicKey'] === row['publicKey'] && known['spkiHash'] === row['spkiHash']
}

/** The refusal of a record whose file is gone, cannot be read, or holds no such thing any more. */
export function cannotRead(entry: IndexEntry, name: string, cause: unknown): unknown {
  if (cause instanceof CertmanError) {
    if (cause.code.startsWith('store.')) return cause
    return new CertmanError('store.damaged', `${name} is damaged: ${cause.message}`, { cause })
  }
  // what the file system has not said is no news about the file
  if (codeOf(cause) === undefined) return cause
  const what = `${entry.kind} ${entry.id}`
  const why = isMissing(cause) ? 'is missing' : `cannot be read (${codeOf(cause)})`
  return new CertmanError('store.damaged', `${name} ${why}: it holds ${what}`, { cause })
}

/** Reading straight from one view of an index: inside a transaction. */
export abstract class IndexBackedReading implements Reading {
  protected readonly index: IndexWriting
  readonly #now: () => Date

  constructor(index: IndexWriting, now: () => Date) {
    this.index = index
    this.#now = now
  }

  async *list(kind: RecordKind, query: Query): AsyncIterable<IndexedRecord> {
    // ids first: the transaction may change what it walks over
    const ids: string[] = []
    for (const { id } of this.index.list(kind, query, this.#now())) ids.push(id)
    for (const id of ids) {
      const entry = this.index.get(kind, id)
      if (entry) yield entry
    }
  }

  count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    return Promise.resolve(this.index.count(kind, query.filter, this.#now()))
  }

  find(...[kind, lookUp]: Parameters<Reading['find']>): Promise<readonly IndexedRecord[]> {
    return Promise.resolve(this.index.find(kind, lookUp))
  }

  trashed(kind?: RecordKind): Promise<readonly IndexedRecord[]> {
    return Promise.resolve(this.index.trashed(kind))
  }

  abstract readAttachment(kind: RecordKind, id: string): Promise<Uint8Array | undefined>

  abstract read(kind: RecordKind, id: string): Promise<StoredRecord | undefined>
}
