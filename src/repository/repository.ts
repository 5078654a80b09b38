import { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { Query } from '../domain/filter.ts'
import type { Claim, RecordKind } from '../domain/records.ts'

/**
 * One record as the index knows it: enough for every listing, no file opened.
 * `row` is the noun's JSON (mutable fields and facts merged, without `state`, `extensions` and `pem`).
 */
export interface IndexedRecord {
  readonly kind: RecordKind
  readonly id: string
  /** Opaque; changes with every change of the record. */
  readonly revision: string
  readonly row: JsonObject
  /** The text of `row`, where an engine keeps rows so: whoever wants a row of his own reads it once more. */
  readonly json?: string
}

/** One record with its bytes: `fields` are the mutable side, `facts` what the bytes say. */
export interface StoredRecord extends IndexedRecord {
  readonly fields: JsonObject
  /** PEM label (RFC 7468) and the DER under it; absent for kinds that are JSON only (authority, collection). */
  readonly pem?: { readonly label: string; readonly der: Uint8Array }
}

/** What `put` takes: the repository computes facts and row through its `Describe`. */
export interface NewRecord {
  readonly kind: RecordKind
  readonly id: string
  readonly fields: JsonObject
  readonly pem?: { readonly label: string; readonly der: Uint8Array }
  /** What `Describe` would read from the bytes, where the caller has done so: plain JSON, not kept. */
  readonly facts?: object
  /** Bytes that lie beside the record: an authority's CRL. Absent: what lies there stays. */
  readonly attachment?: Uint8Array
}

/**
 * The row of a record: its fields and what its bytes say. Handed in by the store, because a repository knows records
 * and not certificates.
 *
 * @throws {CertmanError} when the bytes are not what the kind demands
 */
export type Describe = (record: NewRecord) => JsonObject

/** One line of the change log. */
export interface Change {
  /** The verb: import, edit, delete, restore, issue, … */
  readonly action: string
  readonly kind: RecordKind
  readonly id: string
  readonly detail?: JsonObject
  /** Default: who opened the repository. */
  readonly actor?: string
}

/** How a record may be looked up exactly. `hex` is a prefix of a thumbprint, a fingerprint or a key id. */
export type LookUp =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'hex'; readonly prefix: string }
  | { readonly by: 'serialNumber'; readonly serialNumber: string }
  | { readonly by: 'fingerprint'; readonly fingerprint: string }
  /**
   * By public key: `publicKey.spkiHash` of certificates and requests, the id of a key; whether or not the
   * store holds the private key.
   */
  | { readonly by: 'keyId'; readonly keyId: string }
  /**
   * Certificates whose subject (RFC 4514 text) is this by RFC 5280 section 7.1, and maybe others: candidates for an
   * issuer. See `foldNameText`.
   */
  | { readonly by: 'subject'; readonly subject: string }

/** Reading, outside and inside a transaction. */
export interface Reading {
  /** Streams in the query's order; memory does not grow with the store. */
  list(kind: RecordKind, query: Query): AsyncIterable<IndexedRecord>
  count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number>
  /** All records that fit, at most 20. Names are of current (not superseded) certificates. */
  find(kind: RecordKind, lookUp: LookUp): Promise<readonly IndexedRecord[]>
  /**
   * Opens the record's file and compares it with the index.
   *
   * @throws {CertmanError} `store.damaged` naming the file when it is missing or altered by hand
   */
  read(kind: RecordKind, id: string): Promise<StoredRecord | undefined>
  /** The bytes beside a live record, if there are any; whether they fit the record is for the caller to see. */
  readAttachment(kind: RecordKind, id: string): Promise<Uint8Array | undefined>
  /** What lies in the trash, newest first. */
  trashed(kind?: RecordKind): Promise<readonly IndexedRecord[]>
}

/** What a CRL says of one certificate. */
export interface RevokedRow {
  readonly serialNumber: string
  /** RFC 3339. */
  readonly notAfter: string
  /** As it stands in the row. */
  readonly revocation: JsonObject
  readonly extendedKeyUsage: readonly string[] | null
}

/** Changes of one transaction: all of them become visible together, or none. */
export interface WriteTransaction extends Reading {
  /**
   * The certificates of an authority that are revoked or on hold, in id order; there may be half a million, so no row
   * is read for them. To be walked before anything else is asked of the transaction.
   */
  revoked(authorityId: string): Promise<Iterable<RevokedRow>>
  /** The next decimal id of a kind; never given twice, not even after a crash. */
  nextId(kind: RecordKind): Promise<string>
  /**
   * Creates (`expected` = 'absent') or replaces (`expected` = the revision read before, or 'any').
   *
   * @returns the row, as listings show it
   * @throws {CertmanError} `record.changed` when the record is not as expected
   */
  put(record: NewRecord, expected: string, change: Change): Promise<JsonObject>
  /** Moves to the trash. @throws {CertmanError} `record.changed`, `record.not-found` */
  remove(kind: RecordKind, id: string, expected: string, change: Change): Promise<void>
  /** Brings back from the trash. @throws {CertmanError} `record.not-found` */
  restore(kind: RecordKind, id: string, change: Change): Promise<void>
  /** Destroys one trashed record for good. */
  destroy(kind: RecordKind, id: string, change: Change): Promise<void>
  /** Changes the store's name or claims. */
  setHead(changes: Partial<Pick<StoreHead, 'name' | 'claims'>>): Promise<void>
}

/**
 * A write that failed too late to be taken back, or maybe too late: what it changed stands, or will stand after the next
 * command. Whoever tries the same once more may meet it.
 */
export class UnfinishedChange extends CertmanError {}

/** What `store.json` says. */
export interface StoreHead {
  readonly format: number
  readonly id: string
  readonly name: string
  readonly claims: readonly Claim[]
  readonly createdAt: string
}

/** One finding of `check`: what is wrong with which file, and what to do. */
export interface Finding {
  /** e.g. certificate-altered, index-stale, key-missing, stray-file */
  readonly code: string
  readonly path: string
  readonly message: string
  readonly hint: string
}

/** The persistence port. A directory today; everything above must not notice another engine. */
export interface Repository extends Reading {
  /**
   * The rows of `list` as JSON texts, some at a time; that of a certificate ends with its `state` at this moment. For
   * listings that only pass them on: an engine that keeps rows as text need not read them.
   */
  texts(kind: RecordKind, query: Query): AsyncIterable<readonly string[]>
  readonly head: () => Promise<StoreHead>
  /**
   * Another text after every change, whoever made it and in whatever process: what was read while it stays the same
   * still holds. Costs less than any reading. A file that was edited by hand is a change from the next reindexing on.
   */
  version(): Promise<string>
  /**
   * Runs `body` as the only writer. The changes are durable when the promise resolves; when it rejects
   * nothing was changed, unless with an `UnfinishedChange`.
   *
   * @throws {CertmanError} `store.locked` when another process keeps the lock too long
   */
  write<T>(body: (tx: WriteTransaction) => Promise<T>): Promise<T>
  /** Verifies every file against itself and the index. */
  check(): Promise<readonly Finding[]>
  /** Rebuilds the index from the files, adopting what was put there by hand. */
  reindex(): Promise<{ readonly records: number; readonly adopted: readonly string[] }>
  close(): Promise<void>
}
