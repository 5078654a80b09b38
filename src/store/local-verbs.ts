import type { Ambient } from '../base/ambient.ts'
import type { Claim, RecordKind } from '../domain/records.ts'
import { noRecord } from '../domain/reference.ts'
import type { IndexedRecord, Repository, StoredRecord, WriteTransaction } from '../repository/repository.ts'
import { actingTransaction } from './acting.ts'
import { requireClaim } from './claims.ts'
import { ShownOutcome } from './shown-outcome.ts'
import type { ListedRecord, MutationOptions, Outcome } from './store.ts'

/** What a local store knows about itself besides its records. */
export interface LocalStoreOptions {
  readonly ambient: Ambient
  /** `directory` or `memory`. */
  readonly kind: string
  /** Path; shown only. */
  readonly location: string
}

/** What every verb of a local store needs: claims, transactions and their rehearsals, records. */
export abstract class LocalVerbs {
  protected readonly repository: Repository
  protected readonly options: LocalStoreOptions

  constructor(repository: Repository, options: LocalStoreOptions) {
    this.repository = repository
    this.options = options
  }

  protected async permit(claim: Claim): Promise<void> {
    requireClaim(await this.repository.head(), claim)
  }

  /** One transaction, or its rehearsal. */
  protected async transact<T>(
    claim: Claim,
    options: MutationOptions,
    body: (tx: WriteTransaction) => Promise<T>,
  ): Promise<T> {
    await this.permit(claim)
    if (options.dryRun) return this.#rehearse(body)
    return this.repository.write((tx) => body(actingTransaction(tx, options.actor)))
  }

  /** The same for a body that answers outcomes; they carry the state as listings do. */
  protected async mutate(
    claim: Claim,
    options: MutationOptions,
    body: (tx: WriteTransaction) => Promise<readonly Outcome[]>,
  ): Promise<readonly Outcome[]> {
    return this.shown(await this.transact(claim, options, body))
  }

  /** Outcomes with the state of this moment. */
  protected shown(outcomes: readonly Outcome[]): readonly Outcome[] {
    const now = this.options.ambient.now()
    return outcomes.map((outcome) => new ShownOutcome(outcome, now))
  }

  /** Who acts, and when. */
  protected acting(options: MutationOptions): { readonly now: Date; readonly actor: string } {
    const { now, actor } = this.options.ambient
    return { now: now(), actor: options.actor ?? actor }
  }

  /** The row of an authority with what others say of it: how much it issued, whether its key is encrypted. */
  protected async shownAuthority(record: Pick<IndexedRecord, 'id' | 'row'>): Promise<ListedRecord> {
    const { decorateAuthority } = await import('./authority-row.ts')
    return { ...(await decorateAuthority(this.repository, record)), id: record.id }
  }

  protected async readRecord(kind: RecordKind, id: string): Promise<StoredRecord> {
    const stored = await this.repository.read(kind, id)
    if (stored) return stored
    throw noRecord(kind, id)
  }

  async #rehearse<T>(body: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    const { Rehearsal } = await import('./rehearsal.ts')
    const { describeRecord } = await import('./describe.ts')
    return body(new Rehearsal(this.repository, describeRecord))
  }
}
