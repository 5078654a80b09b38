import { CertmanError, isCertmanError } from '../base/errors.ts'
import type { Query } from '../domain/filter.ts'
import type { Claim, RecordKind } from '../domain/records.ts'
import { noRecord, type Reference } from '../domain/reference.ts'
import { refusalOf, type Ability } from './abilities.ts'
import { GuardedAuthorities } from './guarded-authorities.ts'
import { ownBatch, requireInSight, requireUnshared } from './guarded-material.ts'
import type { Grants } from './guarded-verbs.ts'
import type {
  Abilities,
  ListedRecord,
  ListedRecords,
  Outcome,
  Store,
  StoredCertificate,
  StoredKey,
  StoreInfo,
} from './store.ts'

type Args<Verb extends keyof Store> = Store[Verb] extends (...args: infer A) => unknown ? A : never

/**
 * A store as one user may use it: what the user may not do is refused with `claim.missing` before the store is
 * touched; what the user may not see is not there. The store's own claims hold besides.
 */
export function guardedStore(store: Store, grants: Grants, now: () => Date): Store {
  return new GuardedStore(store, grants, now)
}

class GuardedStore extends GuardedAuthorities implements Store {
  get can(): Abilities {
    return this.store.can
  }

  async info(): Promise<StoreInfo> {
    const info = await this.store.info()
    return { ...info, claims: info.claims.filter((claim) => this.grants.claims.includes(claim)) }
  }

  version(): Promise<string | undefined> {
    return this.store.version?.() ?? Promise.resolve(undefined)
  }

  /** In the store's own words where it has some. */
  refusal(ability: Ability): CertmanError {
    return refusalOf(this.store, ability)
  }

  list(kind: RecordKind, query: Query): ListedRecords {
    this.permitReading(kind)
    // passed on as it is: it may have its texts ready
    return this.sight.isPartial(kind) ? this.sight.list(kind, query) : this.store.list(kind, query)
  }

  async count(kind: RecordKind, { filter }: Pick<Query, 'filter'>): Promise<number> {
    this.permitReading(kind)
    return this.sight.count(kind, filter)
  }

  async resolve(reference: Reference): Promise<ListedRecord> {
    const { kind } = reference
    this.permitReading(kind)
    if (!this.sight.isPartial(kind)) return this.store.resolve(reference)
    const named = JSON.stringify(
      reference.by === 'serial' ? `serial:${reference.serialNumber}` : reference.text,
    )
    const row = await this.store.resolve(reference).catch((error: unknown) => {
      // the candidates may be somebody else's
      if (!isCertmanError(error, 'reference.ambiguous')) throw error
      throw new CertmanError('reference.ambiguous', `${named} fits several ${kind} records`)
    })
    if (await this.sight.sees(kind, row)) return row
    throw new CertmanError('record.not-found', `no ${kind} ${named}`)
  }

  async certificate(id: string): Promise<StoredCertificate> {
    await this.permitRecord('certificate', id)
    return this.store.certificate(id)
  }

  async request(id: string): ReturnType<Store['request']> {
    await this.permitRecord('request', id)
    return this.store.request(id)
  }

  async key(id: string): Promise<StoredKey> {
    this.permit('export')
    await this.requireSeen('key', id)
    await this.requireNoAuthority(id)
    return this.store.key(id)
  }

  async issuersOf(id: string): Promise<readonly StoredCertificate[]> {
    await this.permitRecord('certificate', id)
    return this.store.issuersOf(id)
  }

  async import(...[batch, options]: Args<'import'>): Promise<readonly Outcome[]> {
    this.permit('import')
    if (options?.replace)
      for (const { name } of batch.certificates) await this.requireOwnName('certificate', name)
    for (const { supersedes } of batch.certificates)
      if (supersedes !== undefined) await this.requireSeen('certificate', supersedes)
    const acting = this.acting(options)
    if (!this.sight.isLimited) return this.store.import(batch, acting)
    const own = await ownBatch(this.sight, batch)
    const rehearsed = await this.nameless(this.store.import(own, { ...acting, dryRun: true }))
    await requireInSight(this.sight, own, rehearsed)
    return acting.dryRun ? rehearsed : this.nameless(this.store.import(own, acting))
  }

  async edit(...[target, edit, options]: Args<'edit'>): Promise<Outcome> {
    const [outcome] = await this.editAll([target], edit, options)
    return outcome!
  }

  async editAll(...[targets, edit, options]: Args<'editAll'>): Promise<readonly Outcome[]> {
    this.permit('import')
    for (const { kind, id } of targets) {
      await this.requireSeen(kind, id)
      if (options?.replace) await this.requireOwnName(kind, edit.name ?? undefined)
    }
    return this.nameless(this.store.editAll(targets, edit, this.acting(options)))
  }

  async addCollection(...[collection, options]: Args<'addCollection'>): Promise<Outcome> {
    this.administer('collections')
    return this.store.addCollection(collection, this.acting(options))
  }

  async editCollection(...[target, edit, options]: Args<'editCollection'>): Promise<Outcome> {
    this.administer('collections')
    return this.store.editCollection(target, edit, this.acting(options))
  }

  async delete(...[targets, options]: Args<'delete'>): Promise<readonly Outcome[]> {
    this.permit('delete')
    for (const { kind, id } of targets) {
      if (kind === 'collection' || kind === 'authority' || kind === 'profile') this.administer(KINDS[kind])
      await this.requireSeen(kind, id)
      if (kind === 'key') await requireUnshared(this.sight, id)
    }
    return this.store.delete(targets, this.acting(options))
  }

  async trash(): Promise<readonly ListedRecord[]> {
    this.permit('read')
    const rows = await this.store.trash()
    if (!this.sight.isLimited) return rows
    const seen = new Set<ListedRecord>()
    for (const row of rows) if (await this.sight.sees(row['kind'] as RecordKind, row)) seen.add(row)
    // a key goes with its last certificate, and can be brought back by whoever can bring that back
    const keys = new Set([...seen].map((row) => row['keyId']))
    return rows.filter((row) => seen.has(row) || (row['kind'] === 'key' && keys.has(row.id)))
  }

  async restore(...[targets, options]: Args<'restore'>): Promise<readonly Outcome[]> {
    this.permit('delete')
    if (this.sight.isLimited) {
      if (options?.replace) throw this.missing('delete')
      const rows = await this.trash()
      const seen = new Set(rows.map((row) => `${String(row['kind'])} ${row.id}`))
      const lost = targets.find(({ kind, id }) => !seen.has(`${kind} ${id}`))
      if (lost) throw noRecord(lost.kind, lost.id, ' in the trash')
    }
    return this.nameless(this.store.restore(targets, this.acting(options)))
  }

  async emptyTrash(...[options]: Args<'emptyTrash'>): Promise<readonly Outcome[]> {
    this.permit('delete', 'the trash')
    return this.store.emptyTrash(this.acting(options))
  }

  /** The store is open for all users: whoever opened it closes it. */
  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Reading a record that may be the user's own. */
  protected async permitRecord(kind: RecordKind, id: string): Promise<void> {
    this.permitReading(kind)
    await this.requireSeen(kind, id)
  }
}

const KINDS = { collection: 'collections', authority: 'authorities', profile: 'profiles' } as const

/** What a user may do in a store: what both permit. */
export const bothClaims = (one: readonly Claim[], other: readonly Claim[]): readonly Claim[] =>
  one.filter((claim) => other.includes(claim))
