import type { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { Secret } from '../base/secret.ts'
import type { Query } from '../domain/filter.ts'
import type { CertificateFacts, Extension } from '../domain/facts.ts'
import type {
  CertificateRecord,
  CertificateState,
  Claim,
  RecordKind,
  RecordSource,
} from '../domain/records.ts'
import type { Reference } from '../domain/reference.ts'
import type { AuthorityStore } from './authority-store.ts'

/** What a store can do, as data: checked before the call, shown by `certman store show`. */
export interface Abilities {
  readonly list: readonly RecordKind[]
  readonly import: boolean
  readonly exportCertificate: boolean
  readonly exportKey: boolean
  /** Gives the bytes of its requests. */
  readonly exportRequest: boolean
  readonly edit: boolean
  readonly delete: boolean
  readonly request: boolean
  readonly sign: boolean
  readonly reject: boolean
  readonly revoke: boolean
  /** Takes chains that were issued elsewhere onto its requests. */
  readonly attach: boolean
  readonly renew: boolean
  /** Deleted records can be brought back. */
  readonly trash: boolean
  readonly createAuthority: boolean
  readonly editAuthority: boolean
  readonly crl: boolean
  readonly profiles: boolean
  /** The authority is chosen with the request; signing only approves. */
  readonly authorityIsFixed?: true
}

/** A store as `certman store show` presents it. */
export interface StoreInfo {
  /** `directory`, `memory`, or a vendor's name. */
  readonly kind: string
  readonly name: string
  readonly id?: string
  /** Path or URL. */
  readonly location: string
  readonly claims: readonly Claim[]
}

/** One row of a listing: the noun's JSON with its `state` at the time of the call. */
export type ListedRecord = JsonObject & { readonly id: string }

/** The rows of a listing. */
export interface ListedRecords extends AsyncIterable<ListedRecord> {
  /** The same rows as JSON texts, some at a time, where the store has them as text anyway: for passing them on. */
  readonly texts?: () => AsyncIterable<readonly string[]>
}

/** A certificate with everything: record, facts, all extensions, bytes. */
export interface StoredCertificate {
  readonly record: CertificateRecord
  readonly facts: CertificateFacts
  readonly extensions: readonly Extension[]
  readonly state: CertificateState
  readonly revision: string
  readonly der: Uint8Array
}

/** A private key as the store keeps it. */
export interface StoredKey {
  readonly id: string
  readonly encrypted: boolean
  /** PKCS#8 PrivateKeyInfo or EncryptedPrivateKeyInfo DER. */
  readonly pkcs8: Secret
  readonly spki: Uint8Array
}

/** A certificate (with what belongs to it) to be taken in. */
export interface NewCertificate {
  readonly der: Uint8Array
  readonly name?: string
  /**
   * Id of a certificate without a name that was known by its number: it is superseded as if it had had this one. A store of
   * our own alone does it.
   */
  readonly supersedes?: string
  readonly friendlyName?: string
  readonly tags?: readonly string[]
  readonly exportable?: boolean
  readonly source: RecordSource
}

/** A private key to be taken in; plain or already encrypted PKCS#8. */
export interface NewKey {
  readonly pkcs8: Secret
  readonly encrypted: boolean
  readonly spki: Uint8Array
  /** `false`: it may not leave the store again, nor may the certificates that have it export it. */
  readonly exportable?: boolean
  readonly source: RecordSource
}

/** What is taken in together: all of it, or nothing. */
export interface ImportBatch {
  readonly certificates: readonly NewCertificate[]
  readonly keys: readonly NewKey[]
  /** PKCS#10 to put into the queue as outstanding. */
  readonly requests?: readonly {
    readonly der: Uint8Array
    readonly name?: string
    readonly source: RecordSource
  }[]
}

/** How a change is to be made. */
export interface MutationOptions {
  /** Take a taken name: the old certificate becomes superseded. */
  readonly replace?: boolean
  /** Compute the outcome, write nothing. */
  readonly dryRun?: boolean
  /**
   * Of `import`: records as the caller saw them, with their revisions. When one of them has changed or gone nothing is
   * taken in, and the import fails with `record.changed`; a store of our own looks in the same transaction.
   */
  readonly expected?: readonly Target[]
  /** Who acts, for the change log and as who asked; default: the ambient's actor. A remote store knows its own user. */
  readonly actor?: string
  /** Told now and then how far a large import has come. */
  readonly progress?: (done: number, total: number) => void
}

/** What a mutation did to one record. */
export interface Outcome {
  readonly kind: RecordKind
  readonly id: string
  readonly outcome: 'changed' | 'unchanged'
  /** created, keyed (a key joined it), renamed, superseded, deleted, restored, edited, … */
  readonly what: string
  readonly row: JsonObject
}

/** Changes of `edit`; `null` removes. */
export interface Edit {
  readonly name?: string | null
  readonly friendlyName?: string | null
  readonly addTags?: readonly string[]
  readonly removeTags?: readonly string[]
  readonly exportable?: false
  /** Of a private key alone: the same key under another password, or under none. Who gives it has opened the old one. */
  readonly keptAs?: KeptKey
}

/** A private key as a store keeps it. */
export interface KeptKey extends Pick<NewKey, 'pkcs8' | 'encrypted'> {
  /** For the key of an authority: yes, without a password. */
  readonly insecure?: boolean
}

/** A saved filter over certificates. */
export interface NewCollection {
  readonly name: string
  /** In the language of `docs/filter.md`, as typed. */
  readonly filter: string
  readonly description?: string
}

/** Changes of a collection; `null` removes. */
export interface CollectionEdit {
  readonly name?: string
  readonly filter?: string
  readonly description?: string | null
}

/** Names one record and, optionally, the revision it must still have. */
export interface Target {
  readonly kind: RecordKind
  readonly id: string
  readonly revision?: string
}

/**
 * The verbs on one place where certificates live: the port that commands and servers use.
 * Every method fails with `claim.missing` when the store does not permit it and with
 * `store.unsupported` when it cannot do it at all, before anything is changed or sent.
 */
export interface Store extends AuthorityStore {
  readonly can: Abilities
  /** The refusal of what `can` denies, in the store's own words; where there are none `requireAbility` finds some. */
  refusal?(ability: Exclude<keyof Abilities, 'list'>): CertmanError
  info(): Promise<StoreInfo>
  /**
   * Another text after every change, whoever made it: see `Repository.version`. Absent or undefined where nobody can
   * tell.
   */
  version?(): Promise<string | undefined>
  list(kind: RecordKind, query: Query): ListedRecords
  count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number>
  /**
   * Exactly one record.
   *
   * @throws {CertmanError} `record.not-found`, `reference.ambiguous` (the message lists the candidates)
   */
  resolve(reference: Reference): Promise<ListedRecord>
  /** @throws {CertmanError} `store.unsupported` where `can.exportCertificate` is false: then its row is all there is */
  certificate(id: string): Promise<StoredCertificate>
  /** DER of a CSR with its row. @throws {CertmanError} `store.unsupported` where `can.exportRequest` is false */
  request(id: string): Promise<{ readonly row: ListedRecord; readonly der: Uint8Array }>
  key(id: string): Promise<StoredKey>
  /**
   * Certificates whose subject (RFC 4514 text) is this by RFC 5280 section 7.1, and maybe others, at most 20. Absent where
   * a store can only be listed.
   */
  named?(subject: string): Promise<readonly StoredCertificate[]>
  /** Issuers that the store holds, from the certificate's issuer up to the root; stops where one is missing. */
  issuersOf(id: string): Promise<readonly StoredCertificate[]>
  import(batch: ImportBatch, options?: MutationOptions): Promise<readonly Outcome[]>
  edit(target: Target, edit: Edit, options?: MutationOptions): Promise<Outcome>
  /** The same change of several records; an outcome for each, in their order. A store of our own makes all of it or nothing. */
  editAll(targets: readonly Target[], edit: Edit, options?: MutationOptions): Promise<readonly Outcome[]>
  delete(targets: readonly Target[], options?: MutationOptions): Promise<readonly Outcome[]>
  /** Keeps a filter under a name. @throws {CertmanError} `filter.invalid`, `name.taken`, `name.invalid` */
  addCollection(collection: NewCollection, options?: MutationOptions): Promise<Outcome>
  /** @throws {CertmanError} `record.not-found`, `record.changed`, `filter.invalid`, `name.taken` */
  editCollection(target: Target, edit: CollectionEdit, options?: MutationOptions): Promise<Outcome>
  /** What lies in the trash, newest first. */
  trash(): Promise<readonly ListedRecord[]>
  restore(targets: readonly Target[], options?: MutationOptions): Promise<readonly Outcome[]>
  /** Destroys what lies in the trash. */
  emptyTrash(options?: MutationOptions): Promise<readonly Outcome[]>
  close(): Promise<void>
}
