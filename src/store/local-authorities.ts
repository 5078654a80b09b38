import type { Secret } from '../base/secret.ts'
import type { CrlTools, Followed } from './authority-crl.ts'
import type { AuthorityDesk, SigningTools } from './authority-desk.ts'
import type {
  AuthorityCrl,
  AuthorityCsr,
  AuthorityMaking,
  ListedProfile,
  Revoking,
  Signing,
} from './authority-orders.ts'
import type { AuthorityStore } from './authority-store.ts'
import type { FoundCrl } from './current-crl.ts'
import { listed } from './listed.ts'
import { LocalVerbs } from './local-verbs.ts'
import type { RevocationStep } from './revoke-certificates.ts'
import type { RevocationJob } from './revoke-group.ts'
import type { SigningJob } from './sign-batch.ts'
import { GroupQueue } from './signing-queue.ts'
import type { Submission } from './submit-request.ts'
import type { ListedRecord, MutationOptions, Outcome, Target } from './store.ts'

type Args<Verb extends keyof AuthorityStore> = Parameters<AuthorityStore[Verb]>

/** The verbs of a certification authority over a repository; each loads what it needs when it is called. */
export abstract class LocalAuthorities extends LocalVerbs implements AuthorityStore {
  readonly #desks = new Map<boolean, AuthorityDesk>()
  readonly #queue = new GroupQueue<SigningJob, Signing>((jobs) => this.#signGroup(jobs))

  readonly #revocations = new GroupQueue<RevocationJob, Revoking>((jobs) => this.#revokeGroup(jobs))

  readonly #submissions = new GroupQueue<Submission, readonly Outcome[]>(async (group) => {
    const { submitGroup } = await import('./submit-request.ts')
    const outcomes = await this.transact('create', {}, (tx) => submitGroup(tx, group))
    return outcomes.map((each) => (each instanceof Error ? each : this.shown(each)))
  })

  async submit(...[request, options = {}]: Args<'submit'>): Promise<readonly Outcome[]> {
    await this.permit('create')
    const { checkSubmission, submitRequest } = await import('./submit-request.ts')
    const checked = checkSubmission(request, { acting: this.acting(options), actor: options.actor })
    if (!options.dryRun) return this.#submissions.add(checked)
    const one = await checked
    return this.mutate('create', options, (tx) => submitRequest(tx, one.checked, one.acting))
  }

  async sign(...[target, order, options = {}]: Args<'sign'>): Promise<Signing> {
    await this.permit('sign')
    const job = { signable: { target }, order, options }
    if (!options.dryRun) return this.#queue.add(job)
    return only(await this.#signGroup([job]))
  }

  async issue(...[requests, order, options = {}]: Args<'issue'>): Promise<readonly Signing[]> {
    await this.permit('create')
    await this.permit('sign')
    const { checkRequests } = await import('./submit-request.ts')
    const { alike, checkJob, makeReady, signAll } = await import('./sign-batch.ts')
    // one alone may share its transaction with others of the same moment
    if (requests.length === 1 && !options.dryRun)
      return [await this.#queue.add(checkJob(requests[0]!, order, options))]
    const tools = await this.#tools(options)
    const checked = checkRequests(requests)
    const first = await checked.next()
    if (first.done) return []
    const job = { signable: { request: first.value }, order, options }
    const jobs = await alike(await makeReady(this.repository, job, tools), checked)
    const signings = await this.transact('sign', options, (tx) => signAll(tx, jobs, tools))
    return signings.map((signing) => this.#told(signing))
  }

  async attach(...[target, chain, options = {}]: Args<'attach'>): Promise<Signing> {
    const { attachChain } = await import('./attach-chain.ts')
    const settings = { ...this.acting(options), replace: options.replace === true }
    return this.#told(
      await this.transact('import', options, (tx) => attachChain(tx, { target, chain }, settings)),
    )
  }

  async reject(...[targets, reason, options = {}]: Args<'reject'>): Promise<readonly Outcome[]> {
    const { rejectRequests } = await import('./reject-requests.ts')
    const rejection = { at: this.options.ambient.now(), ...(reason !== undefined && { reason }) }
    return this.mutate('sign', options, (tx) => rejectRequests(tx, targets, rejection))
  }

  async revoke(...[targets, order, options = {}]: Args<'revoke'>): Promise<Revoking> {
    const { reason, date = this.options.ambient.now(), invalidityDate, password } = order
    const step = { reason, date, ...(invalidityDate && { invalidityDate }) }
    return this.#revoke(targets, { step, password }, options)
  }

  async revokeSerials(
    ...[authority, serials, order, options = {}]: Args<'revokeSerials'>
  ): Promise<Revoking> {
    await this.permit('revoke')
    const { revokeSerialsOf } = await import('./revoke-serials.ts')
    const tools = await this.#crlTools<Followed>(options)
    return this.#told(await revokeSerialsOf(this.repository, { authority, serials, order }, tools))
  }

  async release(...[targets, { password }, options = {}]: Args<'release'>): Promise<Revoking> {
    return this.#revoke(targets, { step: 'release', password }, options)
  }

  async crl(...[authority, order = {}, options = {}]: Args<'crl'>): Promise<AuthorityCrl> {
    await this.permit('read')
    const { currentCrl } = await import('./current-crl.ts')
    const tools = await this.#crlTools<FoundCrl>(options)
    const found = await currentCrl(this.repository, { authority, order }, tools)
    return { ...found, row: await this.shownAuthority(found.row) }
  }

  async createAuthority(...[order, options = {}]: Args<'createAuthority'>): Promise<AuthorityMaking> {
    await this.permit('create')
    const { makeAuthority } = await import('./create-authority.ts')
    const tools = await this.#tools(options)
    const body = await makeAuthority(this.repository, { order, options }, tools)
    return this.#told(await this.transact('create', options, body))
  }

  async importAuthority(...[order, options = {}]: Args<'importAuthority'>): Promise<AuthorityMaking> {
    const { importAuthority } = await import('./import-authority.ts')
    const settings = { ...this.acting(options), replace: options.replace === true }
    return this.#told(await this.transact('import', options, (tx) => importAuthority(tx, order, settings)))
  }

  async editAuthority(...[target, edit, options = {}]: Args<'editAuthority'>): Promise<Outcome> {
    const { editAuthority } = await import('./edit-authority.ts')
    const [outcome] = await this.mutate('create', options, (tx) => editAuthority(tx, target, edit))
    return outcome!
  }

  async authorityCsr(...[order, options = {}]: Args<'authorityCsr'>): Promise<AuthorityCsr> {
    await this.permit('create')
    const { makeAuthorityCsr } = await import('./authority-csr.ts')
    const tools = await this.#tools({ ...options, dryRun: false })
    const { csr, body } = await makeAuthorityCsr(this.repository, order, tools)
    return { csr, outcomes: await this.mutate('create', options, body) }
  }

  async installAuthority(...[name, chain, options = {}]: Args<'installAuthority'>): Promise<AuthorityMaking> {
    const { installAuthority } = await import('./install-authority.ts')
    const settings = { ...this.acting(options), replace: options.replace === true }
    const order = { name, chain, ...(options.settings && { settings: options.settings }) }
    return this.#told(await this.transact('create', options, (tx) => installAuthority(tx, order, settings)))
  }

  async renewAuthority(
    ...[authority, order, options = {}]: Args<'renewAuthority'>
  ): Promise<AuthorityMaking> {
    await this.permit('create')
    const { renewAuthority } = await import('./renew-authority.ts')
    const tools = await this.#tools(options)
    const body = await renewAuthority(this.repository, { authority, order }, tools)
    return this.#told(await this.transact('create', options, body))
  }

  async renew(...[target, order, options = {}]: Args<'renew'>): Promise<Signing> {
    await this.permit('create')
    await this.permit('sign')
    const { renewCertificate } = await import('./renew-certificate.ts')
    const tools = await this.#tools(options)
    const body = await renewCertificate(this.repository, { target, order }, tools)
    return this.#told(await this.transact('sign', options, body))
  }

  async *due(): AsyncIterable<ListedRecord> {
    await this.permit('read')
    const { dueForRenewal } = await import('./due-for-renewal.ts')
    const now = this.options.ambient.now()
    for await (const record of dueForRenewal(this.repository, now)) yield listed(record, now)
  }

  async profiles(): Promise<readonly ListedProfile[]> {
    await this.permit('read')
    const { listProfiles } = await import('./store-profiles.ts')
    return listProfiles(this.repository)
  }

  async addProfile(...[definition, options = {}]: Args<'addProfile'>): Promise<Outcome> {
    const { addProfile } = await import('./store-profiles.ts')
    const settings = { now: this.options.ambient.now(), replace: options.replace === true }
    return this.transact('create', options, (tx) => addProfile(tx, definition, settings))
  }

  async removeProfile(...[name, options = {}]: Args<'removeProfile'>): Promise<Outcome> {
    const { removeProfile } = await import('./store-profiles.ts')
    return this.transact('delete', options, (tx) => removeProfile(tx, name))
  }

  /** Rehearsals have a desk of their own, whose keys sign nothing. */
  async #tools({ dryRun: dry = false, actor }: MutationOptions): Promise<SigningTools> {
    const { AuthorityDesk } = await import('./authority-desk.ts')
    const desk = this.#desks.get(dry) ?? new AuthorityDesk({ dry })
    this.#desks.set(dry, desk)
    const { ambient } = this.options
    return { desk, ambient: actor === undefined ? ambient : { ...ambient, actor } }
  }

  /** What needs CRLs revokes; rehearsals as above. */
  async #crlTools<T>(options: MutationOptions): Promise<CrlTools<T>> {
    const { desk } = await this.#tools(options)
    return { desk, now: this.options.ambient.now(), write: (body) => this.transact('revoke', options, body) }
  }

  /** Signs what came together; each job has its own answer. */
  async #signGroup(jobs: readonly SigningJob[]): Promise<readonly (Signing | Error)[]> {
    const { signGroup } = await import('./sign-group.ts')
    const dryRun = jobs.some(({ options }) => options.dryRun)
    const tools = await this.#tools({ dryRun })
    const results = await signGroup(this.repository, jobs, {
      ...tools,
      write: (body) => this.transact('sign', { dryRun }, body),
    })
    return results.map((result) => (result instanceof Error ? result : this.#told(result)))
  }

  async #revoke(
    targets: readonly Target[],
    { step, password }: { readonly step: RevocationStep; readonly password: Secret | undefined },
    options: MutationOptions,
  ): Promise<Revoking> {
    await this.permit('revoke')
    const job = { targets, step, password, actor: options.actor }
    if (!options.dryRun) return this.#revocations.add(job)
    return only(await this.#revokeGroup([job], true))
  }

  /** Carries out revocations that came together; each has its own answer. */
  async #revokeGroup(jobs: readonly RevocationJob[], dryRun = false): Promise<readonly (Revoking | Error)[]> {
    const { revokeGroup } = await import('./revoke-group.ts')
    const results = await revokeGroup(this.repository, jobs, await this.#crlTools({ dryRun }))
    return results.map((each) => (each instanceof Error ? each : this.#told(each)))
  }

  /** What was done, as it is told. */
  #told<T extends { readonly outcomes: readonly Outcome[] }>(done: T): T {
    return { ...done, outcomes: this.shown(done.outcomes) }
  }
}

function only<T>([result]: readonly (T | Error)[]): T {
  if (result instanceof Error) throw result
  return result!
}
