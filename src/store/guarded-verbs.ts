import { CertmanError, isCertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import { EVERYTHING, fieldIs } from '../domain/filter.ts'
import type { Claim, RecordKind } from '../domain/records.ts'
import { noRecord } from '../domain/reference.ts'
import { Sight, type SightLimits } from './sight.ts'
import type { MutationOptions, Store } from './store.ts'

/** What one user may do in one store. */
export interface Grants extends SightLimits {
  readonly claims: readonly Claim[]
  /** Manages authorities and their keys, profiles, collections and the trash. */
  readonly administers: boolean
  /** Manages authorities, but not their keys. */
  readonly managesAuthorities?: boolean
  /** Name of the store, for messages. */
  readonly store: string
}

/** What guarding every verb needs. */
export abstract class GuardedVerbs {
  protected readonly store: Store
  protected readonly grants: Grants
  protected readonly sight: Sight

  constructor(store: Store, grants: Grants, now: () => Date) {
    this.store = store
    this.grants = grants
    this.sight = new Sight(store, grants, now)
  }

  /** @param managed see `administer` @throws {CertmanError} `claim.missing` naming user, claim and store */
  protected permit(claim: Claim, managed?: string): void {
    if (!this.grants.claims.includes(claim)) throw this.missing(claim)
    if (managed !== undefined) this.administer(managed)
  }

  /** A requestor reads its own requests and certificates without the claim. */
  protected permitReading(kind: RecordKind): void {
    const isOwn = this.grants.ownOnly && (kind === 'request' || kind === 'certificate')
    if (!isOwn) this.permit('read')
  }

  /** @param what completes "may not manage …" */
  protected administer(what: string): void {
    const { user, store, administers, managesAuthorities } = this.grants
    const isOfAuthorities = what === 'authorities'
    if (administers || (isOfAuthorities && managesAuthorities)) return
    throw new CertmanError(
      'claim.missing',
      `the user ${JSON.stringify(user)} may not manage ${what} of the store ${JSON.stringify(store)}`,
      {
        hint: isOfAuthorities
          ? 'the role admin may, and the role manager without --claims and --collection'
          : 'only the role admin may',
      },
    )
  }

  protected missing(claim: Claim): CertmanError {
    const { user, store, claims } = this.grants
    return new CertmanError(
      'claim.missing',
      `the user ${JSON.stringify(user)} may not ${claim} in the store ${JSON.stringify(store)}; granted: ${claims.join(', ') || 'nothing'}`,
      { hint: `whoever runs the server can grant it: ${commandOn('serve user edit', user, '--claims …')}` },
    )
  }

  /** What the user does not see is not there. @throws {CertmanError} `record.not-found` */
  protected async requireSeen(kind: RecordKind, id: string): Promise<void> {
    if (!this.sight.isPartial(kind)) return
    const row = await this.store.resolve({ kind, by: 'text', text: id })
    if (row.id === id && (await this.sight.sees(kind, row))) return
    throw noRecord(kind, id)
  }

  /** Who has the key of an authority is the authority. @throws {CertmanError} `claim.missing` for all but admins */
  protected async requireNoAuthority(keyId: string): Promise<void> {
    if (this.grants.administers || !this.store.can.list.includes('authority')) return
    for await (const row of this.store.list('authority', EVERYTHING))
      if (row['keyId'] === keyId) this.administer('the keys of authorities')
  }

  /**
   * A name that is taken from its holder: who does not see the holder may not.
   *
   * @throws {CertmanError} `claim.missing`
   */
  protected async requireOwnName(kind: RecordKind, name: string | undefined): Promise<void> {
    if (name === undefined || !this.sight.isPartial(kind)) return
    const filter = fieldIs('name', name)
    const [holders, seen] = [await this.store.count(kind, { filter }), await this.sight.count(kind, filter)]
    if (holders === seen) return
    const { user } = this.grants
    throw new CertmanError(
      'claim.missing',
      `the user ${JSON.stringify(user)} may not replace the ${kind} that is called ${JSON.stringify(name)}`,
      { hint: 'take another name' },
    )
  }

  /** Who sees a part only is told that a name is taken, not by what: the holder may be hidden. */
  protected nameless<T>(deed: Promise<T>): Promise<T> {
    if (!this.sight.isLimited) return deed
    return deed.catch((error: unknown) => {
      if (!isCertmanError(error, 'name.taken')) throw error
      throw new CertmanError('name.taken', 'the name is taken', { field: 'name', hint: 'take another name' })
    })
  }

  /** Changes are logged under the user. */
  protected acting<O extends MutationOptions>(options: O | undefined): O {
    return { ...(options as O), actor: this.grants.user }
  }
}
