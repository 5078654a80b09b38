import type { Ambient } from '../base/ambient.ts'
import { CertmanError } from '../base/errors.ts'
import { fromBase64 } from '../base/bytes.ts'
import type { JsonObject } from '../base/json.ts'
import { Secret } from '../base/secret.ts'
import type { Query } from '../domain/filter.ts'
import {
  certificateState,
  RECORD_KINDS,
  type CertificateRecord,
  type Claim,
  type KeyRecord,
  type RecordKind,
} from '../domain/records.ts'
import type { Reference } from '../domain/reference.ts'
import type { IndexedRecord, Repository, StoredRecord, WriteTransaction } from '../repository/repository.ts'
import { requireClaim } from './claims.ts'
import { resolveReference } from './resolve-reference.ts'
import type {
  Abilities,
  Edit,
  ImportBatch,
  ListedRecord,
  MutationOptions,
  Outcome,
  Store,
  StoredCertificate,
  StoredKey,
  StoreInfo,
  Target,
} from './store.ts'

/** What a local store knows about itself besides its records. */
export interface LocalStoreOptions {
  readonly ambient: Ambient
  /** `directory` or `memory`. */
  readonly kind: string
  /** Path; shown only. */
  readonly location: string
}

/** What a store over a repository can do; requests and authorities come with the CA. */
export const LOCAL_ABILITIES: Abilities = {
  list: RECORD_KINDS,
  import: true,
  exportCertificate: true,
  exportKey: true,
  edit: true,
  delete: true,
  request: false,
  sign: false,
  reject: false,
  revoke: false,
}

/**
 * The verbs over a repository. Reading loads no X.509 code: rows come from the index; what writes or opens a
 * certificate imports it when it is called.
 */
export function localStore(repository: Repository, options: LocalStoreOptions): Store {
  return new LocalStore(repository, options)
}

class LocalStore implements Store {
  readonly can = LOCAL_ABILITIES
  readonly #repository: Repository
  readonly #options: LocalStoreOptions

  constructor(repository: Repository, options: LocalStoreOptions) {
    this.#repository = repository
    this.#options = options
  }

  async info(): Promise<StoreInfo> {
    const { name, id, claims } = await this.#repository.head()
    return { kind: this.#options.kind, name, id, location: this.#options.location, claims }
  }

  async *list(kind: RecordKind, query: Query): AsyncIterable<ListedRecord> {
    await this.#permit('read')
    const now = this.#options.ambient.now()
    for await (const record of this.#repository.list(kind, query)) yield listed(record, now)
  }

  async count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    await this.#permit('read')
    return this.#repository.count(kind, query)
  }

  async resolve(reference: Reference): Promise<ListedRecord> {
    await this.#permit('read')
    return listed(await resolveReference(this.#repository, reference), this.#options.ambient.now())
  }

  async certificate(id: string): Promise<StoredCertificate> {
    await this.#permit('read')
    const stored = await this.#read('certificate', id)
    const { openCertificate } = await import('./open-certificate.ts')
    return openCertificate(stored, this.#options.ambient.now())
  }

  async request(id: string): Promise<{ readonly row: ListedRecord; readonly der: Uint8Array }> {
    await this.#permit('read')
    const stored = await this.#read('request', id)
    return { row: listed(stored, this.#options.ambient.now()), der: derOf(stored) }
  }

  async key(id: string): Promise<StoredKey> {
    await this.#permit('export')
    const stored = await this.#read('key', id)
    const { encrypted, publicKey } = stored.fields as unknown as KeyRecord
    return { id, encrypted, pkcs8: new Secret(derOf(stored)), spki: fromBase64(publicKey) }
  }

  async issuersOf(id: string): Promise<readonly StoredCertificate[]> {
    await this.#permit('read')
    const { storedIssuers } = await import('./open-certificate.ts')
    return storedIssuers(this.#repository, await this.#read('certificate', id), this.#options.ambient.now())
  }

  async import(batch: ImportBatch, options: MutationOptions = {}): Promise<readonly Outcome[]> {
    const { importBatch } = await import('./import-batch.ts')
    const { now, actor } = this.#options.ambient
    const settings = { now: now(), actor, replace: options.replace === true }
    return this.#mutate('import', options, (tx) => importBatch(tx, batch, settings))
  }

  async edit(target: Target, edit: Edit, options: MutationOptions = {}): Promise<Outcome> {
    const { editRecord } = await import('./edit-record.ts')
    const wish = { edit, replace: options.replace === true }
    const [outcome] = await this.#mutate('import', options, (tx) => editRecord(tx, target, wish))
    return outcome!
  }

  async delete(targets: readonly Target[], options: MutationOptions = {}): Promise<readonly Outcome[]> {
    const { deleteRecords } = await import('./delete-records.ts')
    return this.#mutate('delete', options, (tx) => deleteRecords(tx, targets))
  }

  async trash(): Promise<readonly ListedRecord[]> {
    await this.#permit('read')
    const now = this.#options.ambient.now()
    return (await this.#repository.trashed()).map((record) => ({ kind: record.kind, ...listed(record, now) }))
  }

  async restore(targets: readonly Target[], options: MutationOptions = {}): Promise<readonly Outcome[]> {
    const { restoreRecords } = await import('./restore-records.ts')
    const wish = { replace: options.replace === true }
    return this.#mutate('delete', options, (tx) => restoreRecords(tx, targets, wish))
  }

  async emptyTrash(options: MutationOptions = {}): Promise<readonly Outcome[]> {
    const { emptyTrash } = await import('./restore-records.ts')
    return this.#mutate('delete', options, emptyTrash)
  }

  close(): Promise<void> {
    return this.#repository.close()
  }

  async #permit(claim: Claim): Promise<void> {
    requireClaim(await this.#repository.head(), claim)
  }

  /** One transaction, or its rehearsal; outcomes carry the state as listings do. */
  async #mutate(
    claim: Claim,
    options: MutationOptions,
    body: (tx: WriteTransaction) => Promise<readonly Outcome[]>,
  ): Promise<readonly Outcome[]> {
    await this.#permit(claim)
    const outcomes = options.dryRun ? await this.#rehearse(body) : await this.#repository.write(body)
    const now = this.#options.ambient.now()
    return outcomes.map((outcome) => ({ ...outcome, row: listed(outcome, now) }))
  }

  async #rehearse<T>(body: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    const { Rehearsal } = await import('./rehearsal.ts')
    const { describeRecord } = await import('./describe.ts')
    return body(new Rehearsal(this.#repository, describeRecord))
  }

  async #read(kind: RecordKind, id: string): Promise<StoredRecord> {
    const stored = await this.#repository.read(kind, id)
    if (stored) return stored
    throw new CertmanError('record.not-found', `no ${kind} ${JSON.stringify(id)}`)
  }
}

function derOf(stored: StoredRecord): Uint8Array {
  if (stored.pem) return stored.pem.der
  throw new CertmanError('store.damaged', `${stored.kind} ${stored.id} has no bytes`)
}

/** A row as it is shown: a certificate's `state` belongs to the moment and stands in no index. */
function listed(record: Pick<IndexedRecord, 'kind' | 'id' | 'row'>, now: Date): ListedRecord {
  const { kind, id, row } = record
  if (kind !== 'certificate') return { ...row, id }
  const fields = row as unknown as CertificateRecord & {
    readonly notBefore: string
    readonly notAfter: string
  }
  return { ...(row as JsonObject), id, state: certificateState(fields, fields, now) }
}
