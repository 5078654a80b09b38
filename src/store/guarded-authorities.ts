import type {
  AuthorityCrl,
  AuthorityCsr,
  AuthorityMaking,
  ListedProfile,
  NewRequest,
  Revoking,
  Signing,
} from './authority-orders.ts'
import type { AuthorityStore } from './authority-store.ts'
import { askedBefore, requireOwnKeys, requireOwnRequest } from './guarded-material.ts'
import { GuardedVerbs } from './guarded-verbs.ts'
import type { ListedRecord, Outcome, Target } from './store.ts'

type Args<Verb extends keyof AuthorityStore> = Parameters<AuthorityStore[Verb]>

/** The verbs of a certification authority, as one user may use them. */
export abstract class GuardedAuthorities extends GuardedVerbs implements AuthorityStore {
  async submit(...[request, options]: Args<'submit'>): Promise<readonly Outcome[]> {
    this.permit('create')
    const asked = await this.#asked(request)
    return this.#own(await this.nameless(this.store.submit(asked, this.acting(options))))
  }

  async sign(...[target, order, options]: Args<'sign'>): Promise<Signing> {
    this.permit('sign')
    await this.requireSeen(target.kind, target.id)
    if (options?.replace) await this.requireOwnName('certificate', order.name ?? (await this.#nameOf(target)))
    return this.nameless(this.store.sign(target, order, this.acting(options)))
  }

  async issue(...[requests, order, options]: Args<'issue'>): Promise<readonly Signing[]> {
    this.permit('create')
    this.permit('sign')
    if (options?.replace)
      for (const { name } of requests) await this.requireOwnName('certificate', order.name ?? name)
    const asked = await Promise.all(requests.map((request) => this.#asked(request)))
    return this.nameless(this.store.issue(asked, order, this.acting(options)))
  }

  async attach(...[target, chain, options]: Args<'attach'>): Promise<Signing> {
    this.permit('import')
    await this.requireSeen(target.kind, target.id)
    if (options?.replace) await this.requireOwnName('certificate', await this.#nameOf(target))
    if (this.sight.isLimited) await requireOwnKeys(this.sight, chain)
    return this.nameless(this.store.attach(target, chain, this.acting(options)))
  }

  async reject(...[targets, reason, options]: Args<'reject'>): Promise<readonly Outcome[]> {
    this.permit('sign')
    await this.#requireAll(targets)
    return this.store.reject(targets, reason, this.acting(options))
  }

  async revoke(...[targets, order, options]: Args<'revoke'>): Promise<Revoking> {
    this.permit('revoke')
    await this.#requireAll(targets)
    return this.store.revoke(targets, order, this.acting(options))
  }

  async revokeSerials(...[authority, serials, order, options]: Args<'revokeSerials'>): Promise<Revoking> {
    this.permit('revoke', AUTHORITIES)
    return this.store.revokeSerials(authority, serials, order, this.acting(options))
  }

  async release(...[targets, order, options]: Args<'release'>): Promise<Revoking> {
    this.permit('revoke')
    await this.#requireAll(targets)
    return this.store.release(targets, order, this.acting(options))
  }

  async crl(...[authority, order, options]: Args<'crl'>): Promise<AuthorityCrl> {
    this.permit('read')
    if (order?.renew) this.permit('revoke')
    return this.store.crl(authority, order, this.acting(options))
  }

  async createAuthority(...[order, options]: Args<'createAuthority'>): Promise<AuthorityMaking> {
    this.permit('create', AUTHORITIES)
    return this.store.createAuthority(order, this.acting(options))
  }

  async importAuthority(...[order, options]: Args<'importAuthority'>): Promise<AuthorityMaking> {
    this.permit('import', AUTHORITIES)
    return this.store.importAuthority(order, this.acting(options))
  }

  async editAuthority(...[target, edit, options]: Args<'editAuthority'>): Promise<Outcome> {
    this.permit('create', AUTHORITIES)
    return this.store.editAuthority(target, edit, this.acting(options))
  }

  async authorityCsr(...[order, options]: Args<'authorityCsr'>): Promise<AuthorityCsr> {
    this.permit('create', AUTHORITIES)
    return this.store.authorityCsr(order, this.acting(options))
  }

  async installAuthority(...[name, chain, options]: Args<'installAuthority'>): Promise<AuthorityMaking> {
    this.permit('create', AUTHORITIES)
    return this.store.installAuthority(name, chain, this.acting(options))
  }

  async renewAuthority(...[authority, order, options]: Args<'renewAuthority'>): Promise<AuthorityMaking> {
    this.permit('create', AUTHORITIES)
    return this.store.renewAuthority(authority, order, this.acting(options))
  }

  async renew(...[target, order, options]: Args<'renew'>): Promise<Signing> {
    this.permit('create')
    this.permit('sign')
    await this.requireSeen(target.kind, target.id)
    return this.store.renew(target, order, this.acting(options))
  }

  async *due(): AsyncIterable<ListedRecord> {
    this.permit('read')
    for await (const row of this.store.due()) if (await this.sight.sees('certificate', row)) yield row
  }

  async profiles(): Promise<readonly ListedProfile[]> {
    // a requestor may know what kinds of certificate there are to ask for
    const { ownOnly, claims } = this.grants
    if (!ownOnly || !claims.includes('create')) this.permit('read')
    return this.store.profiles()
  }

  async addProfile(...[definition, options]: Args<'addProfile'>): Promise<Outcome> {
    this.permit('create', PROFILES)
    return this.store.addProfile(definition, this.acting(options))
  }

  async removeProfile(...[name, options]: Args<'removeProfile'>): Promise<Outcome> {
    this.permit('delete', PROFILES)
    return this.store.removeProfile(name, this.acting(options))
  }

  /** Who sees a part only cannot ask in another's name, and would not find the request again. */
  async #asked(request: NewRequest): Promise<NewRequest> {
    if (!this.sight.isLimited) return request
    await requireOwnRequest(this.sight, request)
    return { ...request, requestedBy: this.grants.user }
  }

  /** Somebody else may have asked in the same moment. */
  async #own(outcomes: readonly Outcome[]): Promise<readonly Outcome[]> {
    const [first] = outcomes
    if (first?.outcome !== 'unchanged' || (await this.sight.sees('request', first.row))) return outcomes
    throw askedBefore()
  }

  async #requireAll(targets: readonly Target[]): Promise<void> {
    for (const { kind, id } of targets) await this.requireSeen(kind, id)
  }

  /** The name that a certificate would take over from its request. */
  async #nameOf({ kind, id }: Target): Promise<string | undefined> {
    if (!this.sight.isLimited) return undefined
    const { name } = await this.store.resolve({ kind, by: 'text', text: id })
    return typeof name === 'string' ? name : undefined
  }
}

const AUTHORITIES = 'authorities'
const PROFILES = 'profiles'
