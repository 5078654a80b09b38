/* oxlint-disable no-unused-vars -- the parameters are for the methods of clients that stand in their place */
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
import type { ProbeResult, RemoteConnection } from './dialect.ts'
import { RemoteAuthorities } from './remote-authorities.ts'
import { noRecord } from './refusals.ts'
import { resolveRemote } from './resolve-remote.ts'

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
}
