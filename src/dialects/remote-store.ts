/* oxlint-disable no-unused-vars -- the parameters are for the methods of clients that stand in their place */
import type { JsonObject } from '../base/json.ts'
import { CertmanError } from '../base/errors.ts'
import type { Query } from '../domain/filter.ts'
import type { Claim, RecordKind } from '../domain/records.ts'
import type { Reference } from '../domain/reference.ts'
import type {
  Abilities,
  Edit,
  ListedRecord,
  MutationOptions,
  Outcome,
  StoredCertificate,
  StoredKey,
  StoreInfo,
  Target,
} from '../store/store.ts'
import type { Signing } from '../store/authority-orders.ts'
import type { ProbeResult, RemoteConnection } from './dialect.ts'
import { RemoteAuthorities } from './remote-authorities.ts'
import { noRecord } from './refusals.ts'
import { resolveRemote } from './resolve-remote.ts'

/** A change of a remote store, taken apart as dry runs need it. */
export interface RemoteChange<C, T> {
  /** Reads what there is and refuses what would not work; sends nothing that changes. */
  readonly check: () => Promise<C>
  /** What a dry run answers. */
  readonly foretell: (checked: C) => T | Promise<T>
  /** The change itself. */
  readonly send: (checked: C) => Promise<T>
}

/** A batch that goes out part by part. */
export interface Batch<P> {
  readonly parts: readonly P[]
  /** What the parts are called: `certificates`. */
  readonly called: string
  readonly send: (part: P) => Promise<Outcome>
}

/** What came of a call that issued something, where there is no more to say. */
export const signing = (outcomes: readonly Outcome[], der: Uint8Array = new Uint8Array()): Signing => ({
  outcomes,
  changes: [],
  notes: [],
  der,
})

/**
 * The base of every vendor's client: each verb of the store port refuses with `store.unsupported` before anything is
 * sent, naming the vendor, the store and what to do instead. A client overrides what its vendor can do.
 */
export abstract class RemoteStore extends RemoteAuthorities implements RemoteConnection {
  abstract probe(): Promise<ProbeResult>

  /** One record by the vendor's id; `undefined` or `record.not-found` when there is none, also for a malformed id. */
  protected abstract byId(kind: RecordKind, id: string): Promise<ListedRecord | undefined>

  /** The same. @throws {CertmanError} `record.not-found` */
  protected async requireById(kind: RecordKind, id: string): Promise<ListedRecord> {
    const row = await this.byId(kind, id)
    if (row) return row
    throw noRecord(kind, id)
  }

  get can(): Abilities {
    return this.face.can
  }

  /** What the connection permits, as far as abilities say it; a client that knows better overrides it. */
  protected get claims(): readonly Claim[] {
    const { can } = this
    const granted: Record<Claim, boolean> = {
      read: true,
      // what stands beside a certificate, and the chain of a request, come in with the same claim
      import: can.import || can.attach || can.edit,
      export: can.exportCertificate || can.exportKey,
      create: can.request || can.createAuthority,
      delete: can.delete,
      sign: can.sign,
      revoke: can.revoke,
    }
    return (Object.keys(granted) as Claim[]).filter((claim) => granted[claim])
  }

  /** What tells where the server is and as whom it is spoken to: host, port, path, user. Messages may hold any of them. */
  get whereabouts(): readonly string[] {
    const { http, credential } = this.setup
    const { hostname, port, pathname } = http.base
    const user = credential?.user ?? ''
    return [hostname, port, pathname.replace(/\/+$/, ''), user].filter((part) => part !== '')
  }

  async info(): Promise<StoreInfo> {
    const { name, http } = this.setup
    const location = http.base.href.replace(/\/$/, '')
    return { kind: this.face.name, name, location, claims: this.claims }
  }

  // oxlint-disable-next-line require-yield -- a listing that refuses
  async *list(kind: RecordKind, _query: Query): AsyncIterable<ListedRecord> {
    throw this.cannotList(kind)
  }

  async count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    let found = 0
    for await (const _row of this.list(kind, { ...query, sort: [] })) found++
    return found
  }

  async resolve(reference: Reference): Promise<ListedRecord> {
    const { kind } = reference
    if (!this.can.list.includes(kind)) throw this.cannotList(kind)
    return resolveRemote(reference, {
      byId: (id) => this.byId(kind, id),
      rows: (filter) => this.list(kind, { filter, sort: [] }),
    })
  }

  async certificate(_id: string): Promise<StoredCertificate> {
    throw this.cannot('exportCertificate')
  }

  async request(_id: string): Promise<{ readonly row: ListedRecord; readonly der: Uint8Array }> {
    throw this.cannot('exportRequest')
  }

  async key(_id: string): Promise<StoredKey> {
    throw this.cannot('exportKey')
  }

  async issuersOf(_id: string): Promise<readonly StoredCertificate[]> {
    throw this.cannot('exportCertificate')
  }

  async import(..._: unknown[]): Promise<readonly Outcome[]> {
    throw this.cannot('import')
  }

  async edit(_target: Target, _edit: Edit, _options?: MutationOptions): Promise<Outcome> {
    throw this.cannot('edit')
  }

  async editAll(
    targets: readonly Target[],
    edit: Edit,
    options?: MutationOptions,
  ): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = []
    for (const target of targets) outcomes.push(await this.edit(target, edit, options))
    return outcomes
  }

  async addCollection(..._: unknown[]): Promise<Outcome> {
    throw this.cannot('edit.collection', 'keep new collections')
  }

  async editCollection(..._: unknown[]): Promise<Outcome> {
    throw this.cannot('edit.collection', 'change collections')
  }

  async delete(..._: unknown[]): Promise<readonly Outcome[]> {
    throw this.cannot('delete')
  }

  async trash(): Promise<readonly ListedRecord[]> {
    throw this.cannot('trash')
  }

  async restore(..._: unknown[]): Promise<readonly Outcome[]> {
    throw this.cannot('trash')
  }

  async emptyTrash(..._: unknown[]): Promise<readonly Outcome[]> {
    throw this.cannot('trash')
  }

  close(): Promise<void> {
    return this.setup.http.close()
  }

  /** Runs a change under the one rule of dry runs: what can be checked by reading is checked, nothing is sent. */
  protected async change<C, T>(options: MutationOptions | undefined, step: RemoteChange<C, T>): Promise<T> {
    const checked = await step.check()
    return options?.dryRun === true ? step.foretell(checked) : step.send(checked)
  }

  /**
   * Sends a batch. Where a part fails after others have changed something, the error says how far it came.
   *
   * @throws {CertmanError} `batch.partial`; the part's own where nothing was changed
   */
  protected async sendAll<P>(
    { parts, called, send }: Batch<P>,
    options?: MutationOptions,
  ): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = []
    for (const part of parts) {
      try {
        outcomes.push(await send(part))
      } catch (error) {
        const isPartial = outcomes.some(({ outcome }) => outcome === 'changed')
        if (!isPartial || !(error instanceof CertmanError)) throw error
        throw new CertmanError(
          'batch.partial',
          `${outcomes.length} of ${parts.length} ${called} are in; then: ${error.message}`,
          { hint: 'import the same file again: what is there already is left as it is', cause: error },
        )
      }
      options?.progress?.(outcomes.length, parts.length)
    }
    return outcomes
  }

  /** Deletes one after the other, once all were found. @param remove answers what went beside the record */
  protected async deleteEach(
    targets: readonly Target[],
    options: MutationOptions | undefined,
    step: {
      readonly find: (target: Target) => Promise<ListedRecord>
      readonly remove: (target: Target, row: ListedRecord) => Promise<readonly Outcome[]>
    },
  ): Promise<readonly Outcome[]> {
    const deleted = ({ kind }: Target, row: ListedRecord): Outcome => this.changed(kind, row, 'deleted')
    return this.change(options, {
      check: () => Promise.all(targets.map(step.find)),
      foretell: (rows) => rows.map((row, at) => deleted(targets[at]!, row)),
      send: async (rows) => {
        const outcomes: Outcome[] = []
        for (const [at, row] of rows.entries()) {
          const target = targets[at]!
          const beside = await step.remove(target, row)
          outcomes.push(deleted(target, row), ...beside)
        }
        return outcomes
      },
    })
  }

  /** The outcome of a change, with its row; `id` is taken from the row. */
  protected changed(kind: RecordKind, row: JsonObject & { readonly id: string }, what: string): Outcome {
    return { kind, id: row.id, outcome: 'changed', what, row }
  }

  /** The outcome where all was so already. */
  protected unchanged(kind: RecordKind, row: JsonObject & { readonly id: string }, what: string): Outcome {
    return { kind, id: row.id, outcome: 'unchanged', what, row }
  }
}
