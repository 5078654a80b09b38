import { asError } from '../base/errors.ts'
import { issueAside } from '../authority/prepared.ts'
import type { WriteTransaction } from '../repository/repository.ts'
import { actingTransaction } from './acting.ts'
import { renewDueCrl } from './authority-crl.ts'
import type { SigningTools } from './authority-desk.ts'
import type { Signing } from './authority-orders.ts'
import { authorityOf } from './authority-records.ts'
import { getIndexed } from './change-record.ts'
import { pointingTo } from './crl-place.ts'
import type { ReadyJob } from './sign-batch.ts'
import { planSigning, putSigned, type SigningDesk, type SigningPlan } from './sign-request.ts'
import { customProfiles } from './store-profiles.ts'

/**
 * Certificates that are planned, signed and written step by step together. Each step has its code and tables in the
 * processor's cache while it is done for all of them, and the next ones are planned while other threads sign these.
 */
const TOGETHER = 128

interface Planned {
  readonly job: ReadyJob
  readonly desk: SigningDesk
  readonly plan: SigningPlan
}

/** Jobs that are carried out together. */
class Batch {
  readonly planned: Planned[] = []
  /** Fingerprints of their requests, and their serial numbers: as if they were written already. */
  readonly #claimed = new Set<string>()

  add(planned: Planned): void {
    const { open, preparation } = planned.plan
    this.planned.push(planned)
    this.#claimed.add(open.facts.fingerprint).add(preparation.serialNumber)
  }

  clashes({ plan: { open, preparation } }: Planned): boolean {
    return this.#claimed.has(open.facts.fingerprint) || this.#claimed.has(preparation.serialNumber)
  }

  /** @returns certificates, DER */
  sign(): Promise<readonly Uint8Array[]> {
    const signed = Promise.all(
      this.planned.map(({ plan, desk }) => issueAside(plan.preparation.prepared, desk.authority.signer)),
    )
    // seen when their turn comes, unless something else fails before
    signed.catch(() => undefined)
    return signed
  }
}

/** Signs the jobs of one transaction in their order. A job that is refused has written nothing. */
export class SigningRoom {
  readonly #tx: WriteTransaction
  readonly #tools: SigningTools
  readonly #now: Date
  readonly #desks = new Map<string, SigningDesk>()
  readonly #results: (Signing | Error)[] = []
  /** The one of the last job: those of a bulk have all in common. */
  #last: { readonly job: ReadyJob; readonly desk: SigningDesk } | undefined
  #profiles: SigningDesk['profiles'] | undefined
  #batch = new Batch()
  /** The batch before: other threads sign it, and nothing of it is written. */
  #before: { readonly batch: Batch; readonly signed: Promise<readonly Uint8Array[]> } | undefined

  constructor(tx: WriteTransaction, tools: SigningTools) {
    this.#tx = tx
    this.#tools = tools
    this.#now = tools.ambient.now()
  }

  /** Plans a job. It is carried out with those around it, as if each had been before the next was planned. */
  async take(job: ReadyJob): Promise<void> {
    let planned = await this.#plan(job)
    if (this.#isWaiting() && (planned instanceof Error || this.#clashes(planned))) {
      await this.#carryOut()
      planned = await this.#plan(job)
    }
    if (planned instanceof Error) return void this.#results.push(planned)
    this.#batch.add(planned)
    const { name, source } = planned.plan
    // a name is claimed, and other requests are joined by a key, by what is written
    if (name !== undefined || source.request?.given.key) await this.#carryOut()
    else if (this.#batch.planned.length === TOGETHER) await this.#signNext()
  }

  /** Carries out what is left. @returns for each job what came of it, or why it was refused */
  async finish(): Promise<readonly (Signing | Error)[]> {
    await this.#carryOut()
    return this.#withCrls(this.#results)
  }

  async #plan(job: ReadyJob): Promise<Planned | Error> {
    try {
      const desk = this.#deskBefore(job) ?? (await this.#desk(job))
      this.#last = { job, desk }
      return { job, desk, plan: await planSigning(this.#tx, job.signable, { order: job.order, desk }) }
    } catch (error) {
      return asError(error)
    }
  }

  #isWaiting(): boolean {
    return this.#batch.planned.length > 0 || this.#before !== undefined
  }

  #clashes(planned: Planned): boolean {
    return this.#batch.clashes(planned) || this.#before?.batch.clashes(planned) === true
  }

  async #carryOut(): Promise<void> {
    await this.#signNext()
    await this.#signNext()
  }

  /** Has the batch signed, and writes the one before it. */
  async #signNext(): Promise<void> {
    const before = this.#before
    const batch = this.#batch
    this.#batch = new Batch()
    this.#before = batch.planned.length > 0 ? { batch, signed: batch.sign() } : undefined
    if (!before) return
    const signed = await before.signed
    for (const [at, { job, plan, desk }] of before.batch.planned.entries()) {
      const tx = actingTransaction(this.#tx, job.options.actor)
      this.#results.push(await putSigned(tx, { plan, der: signed[at]! }, desk))
    }
  }

  /** A CRL that is due is signed along; the first certificate of its authority tells. */
  async #withCrls(results: readonly (Signing | Error)[]): Promise<readonly (Signing | Error)[]> {
    const told = [...results]
    for (const { authority } of new Set(this.#desks.values())) {
      const at = told.findIndex((result) => isOf(result, authority.record.id))
      const signing = told[at]
      if (!signing || signing instanceof Error) continue
      const crl = await renewDueCrl(this.#tx, authority, this.#now)
      told[at] = { ...signing, outcomes: [...signing.outcomes, ...crl] }
    }
    return told
  }

  #deskBefore({ authorityId, order, options }: ReadyJob): SigningDesk | undefined {
    const { job, desk } = this.#last ?? {}
    const isSame = job?.authorityId === authorityId && job.order === order && job.options === options
    return isSame ? desk : undefined
  }

  async #desk({ authorityId, order, options }: ReadyJob): Promise<SigningDesk> {
    const { desk, ambient } = this.#tools
    const { replace = false } = options
    const actor = options.actor ?? ambient.actor
    const key = JSON.stringify([authorityId, replace, actor, order.crlBase])
    const known = this.#desks.get(key)
    if (known) return known
    const record = authorityOf(await getIndexed(this.#tx, 'authority', authorityId))
    const opened = await desk.openToIssue(this.#tx, record, { password: order.password, now: this.#now })
    const authority = pointingTo(opened, order.crlBase)
    this.#profiles ??= await customProfiles(this.#tx)
    const { random } = ambient
    const made = { authority, profiles: this.#profiles, now: this.#now, actor, random, replace }
    this.#desks.set(key, made)
    return made
  }
}

const isOf = (result: Signing | Error, authorityId: string): boolean =>
  !(result instanceof Error) && result.outcomes[0]?.row['authorityId'] === authorityId
