import { CertmanError } from '../base/errors.ts'
import { fromBase64 } from '../base/bytes.ts'
import { Secret } from '../base/secret.ts'
import type { Query } from '../domain/filter.ts'
import { RECORD_KINDS, type KeyRecord, type RecordKind } from '../domain/records.ts'
import type { Reference } from '../domain/reference.ts'
import type { Reading, Repository, StoredRecord } from '../repository/repository.ts'
import type { IssuerShelf } from './issuer-shelf.ts'
import { listed } from './listed.ts'
import { LocalAuthorities } from './local-authorities.ts'
import type { LocalStoreOptions } from './local-verbs.ts'
import { resolveReference } from './resolve-reference.ts'
import type {
  Abilities,
  CollectionEdit,
  Edit,
  ImportBatch,
  ListedRecord,
  ListedRecords,
  MutationOptions,
  NewCollection,
  Outcome,
  Store,
  StoredCertificate,
  StoredKey,
  StoreInfo,
  Target,
} from './store.ts'

/** What a store over a repository can do: everything. */
export const LOCAL_ABILITIES: Abilities = {
  list: RECORD_KINDS,
  import: true,
  exportCertificate: true,
  exportKey: true,
  exportRequest: true,
  edit: true,
  delete: true,
  request: true,
  sign: true,
  reject: true,
  revoke: true,
  attach: true,
  renew: true,
  trash: true,
  createAuthority: true,
  editAuthority: true,
  crl: true,
  profiles: true,
}

/**
 * The verbs over a repository. Reading loads no X.509 code: rows come from the index; what writes or opens a
 * certificate imports it when it is called.
 */
export function localStore(repository: Repository, options: LocalStoreOptions): Store {
  return new LocalStore(repository, options)
}

class LocalStore extends LocalAuthorities implements Store {
  readonly can = LOCAL_ABILITIES
  #wasAsked = false
  /** Once it is loaded: a server would wait for it a few turns with each certificate. */
  #opening: typeof import('./open-certificate.ts') | undefined
  #issuers: IssuerShelf | undefined

  async info(): Promise<StoreInfo> {
    const { name, id, claims } = await this.repository.head()
    return { kind: this.options.kind, name, id, location: this.options.location, claims }
  }

  version(): Promise<string> {
    return this.repository.version()
  }

  list(kind: RecordKind, query: Query): ListedRecords {
    const rows = this.#rows(kind, query)
    // what is said of an authority is gathered when it is listed
    if (kind === 'authority') return rows
    return {
      [Symbol.asyncIterator]: () => rows[Symbol.asyncIterator](),
      texts: () => this.#texts(kind, query),
    }
  }

  async *#texts(kind: RecordKind, query: Query): AsyncIterable<readonly string[]> {
    await this.permit('read')
    yield* this.repository.texts(kind, query)
  }

  async *#rows(kind: RecordKind, query: Query): AsyncIterable<ListedRecord> {
    await this.permit('read')
    const now = this.options.ambient.now()
    for await (const record of this.repository.list(kind, query))
      yield kind === 'authority' ? await this.shownAuthority(record) : listed(record, now)
  }

  async count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    await this.permit('read')
    return this.repository.count(kind, query)
  }

  async resolve(reference: Reference): Promise<ListedRecord> {
    await this.permit('read')
    const record = await resolveReference(this.repository, reference)
    if (record.kind === 'authority') return this.shownAuthority(record)
    return listed(record, this.options.ambient.now())
  }

  async certificate(id: string): Promise<StoredCertificate> {
    await this.permit('read')
    const stored = await this.readRecord('certificate', id)
    const { openCertificate } = (this.#opening ??= await import('./open-certificate.ts'))
    return openCertificate(stored, this.options.ambient.now())
  }

  async request(id: string): Promise<{ readonly row: ListedRecord; readonly der: Uint8Array }> {
    await this.permit('read')
    const stored = await this.readRecord('request', id)
    return { row: listed(stored, this.options.ambient.now()), der: derOf(stored) }
  }

  async key(id: string): Promise<StoredKey> {
    await this.permit('export')
    const stored = await this.readRecord('key', id)
    const { encrypted, publicKey } = stored.fields as unknown as KeyRecord
    return { id, encrypted, pkcs8: new Secret(derOf(stored)), spki: fromBase64(publicKey) }
  }

  async named(subject: string): Promise<readonly StoredCertificate[]> {
    await this.permit('read')
    const found = await this.repository.find('certificate', { by: 'subject', subject })
    return Promise.all(found.map(({ id }) => this.certificate(id)))
  }

  async issuersOf(id: string): Promise<readonly StoredCertificate[]> {
    await this.permit('read')
    const { storedIssuers } = (this.#opening ??= await import('./open-certificate.ts'))
    const reading = await this.#issuerReading()
    const leaf = await this.readRecord('certificate', id)
    return storedIssuers(reading, leaf, this.options.ambient.now())
  }

  /** A command asks once, and needs no shelf: that begins with another connection to the index. */
  async #issuerReading(): Promise<Pick<Reading, 'find' | 'list' | 'read'>> {
    if (!this.#wasAsked) {
      this.#wasAsked = true
      return this.repository
    }
    const { IssuerShelf } = await import('./issuer-shelf.ts')
    return (this.#issuers ??= new IssuerShelf(this.repository, this.options.ambient.now))
  }

  async import(batch: ImportBatch, options: MutationOptions = {}): Promise<readonly Outcome[]> {
    const { importBatch } = await import('./import-batch.ts')
    const { replace = false, progress, expected = [] } = options
    const settings = { ...this.acting(options), replace, expected, ...(progress && { progress }) }
    return this.mutate('import', options, (tx) => importBatch(tx, batch, settings))
  }

  async edit(target: Target, edit: Edit, options: MutationOptions = {}): Promise<Outcome> {
    const [outcome] = await this.editAll([target], edit, options)
    return outcome!
  }

  async editAll(
    targets: readonly Target[],
    edit: Edit,
    options: MutationOptions = {},
  ): Promise<readonly Outcome[]> {
    const { editRecords } = await import('./edit-record.ts')
    const wish = { edit, replace: options.replace === true }
    return this.mutate('import', options, (tx) => editRecords(tx, targets, wish))
  }

  async addCollection(collection: NewCollection, options: MutationOptions = {}): Promise<Outcome> {
    const { addCollection } = await import('./collections.ts')
    const [outcome] = await this.mutate('create', options, (tx) => addCollection(tx, collection))
    return outcome!
  }

  async editCollection(
    target: Target,
    edit: CollectionEdit,
    options: MutationOptions = {},
  ): Promise<Outcome> {
    const { editCollection } = await import('./collections.ts')
    const [outcome] = await this.mutate('create', options, (tx) => editCollection(tx, target, edit))
    return outcome!
  }

  async delete(targets: readonly Target[], options: MutationOptions = {}): Promise<readonly Outcome[]> {
    const { deleteRecords } = await import('./delete-records.ts')
    return this.mutate('delete', options, (tx) => deleteRecords(tx, targets, this.options.ambient.now()))
  }

  async trash(): Promise<readonly ListedRecord[]> {
    await this.permit('read')
    const now = this.options.ambient.now()
    return (await this.repository.trashed()).map((record) => ({ kind: record.kind, ...listed(record, now) }))
  }

  async restore(targets: readonly Target[], options: MutationOptions = {}): Promise<readonly Outcome[]> {
    const { restoreRecords } = await import('./restore-records.ts')
    const wish = { replace: options.replace === true }
    return this.mutate('delete', options, (tx) => restoreRecords(tx, targets, wish))
  }

  async emptyTrash(options: MutationOptions = {}): Promise<readonly Outcome[]> {
    const { emptyTrash } = await import('./restore-records.ts')
    return this.mutate('delete', options, emptyTrash)
  }

  close(): Promise<void> {
    return this.repository.close()
  }
}

function derOf(stored: StoredRecord): Uint8Array {
  if (stored.pem) return stored.pem.der
  throw new CertmanError('store.damaged', `${stored.kind} ${stored.id} has no bytes`)
}
