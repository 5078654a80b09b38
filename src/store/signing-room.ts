import { asError } from '../base/errors.ts'
import { issue } from '../authority/prepared.ts'
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
 * Certificates that are planned, signed and written step by step together. Each step has its code and tables (those of
 * P-256 alone are 150 KB) in the processor's cache while it is done for all of them: the whole takes a sixth less.
 */
const TOGETHER = 128

interface Planned {
  readonly job: ReadyJob
  readonly desk: SigningDesk
  readonly plan: SigningPlan
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
  #planned: Planned[] = []
  /** Fingerprints of the requests that are planned, and the serial numbers for them. */
  #claimed = new Set<string>()

  constructor(tx: WriteTransaction, tools: SigningTools) {
    this.#tx = tx
    this.#tools = tools
    this.#now = tools.ambient.now()
  }

  /** Plans a job. It is carried out with those around it, as if each had been before the next was planned. */
  async take(job: ReadyJob): Promise<void> {
    let planned = await this.#plan(job)
    if (this.#planned.length > 0 && (planned instanceof Error || this.#clashes(planned))) {
      await this.#carryOut()
      planned = await this.#plan(job)
    }
    if (planned instanceof Error) return void this.#results.push(planned)
    const { open, preparation, name } = planned.plan
    this.#planned.push(planned)
    this.#claimed.add(open.facts.fingerprint).add(preparation.serialNumber)
    // a name is claimed by what is written
    if (name !== undefined || this.#planned.length === TOGETHER) await this.#carryOut()
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

  #clashes({ plan: { open, preparation } }: Planned): boolean {
    return this.#claimed.has(open.facts.fingerprint) || this.#claimed.has(preparation.serialNumber)
  }

  async #carryOut(): Promise<void> {
    const planned = this.#planned
    this.#planned = []
    this.#claimed = new Set()
    const signed = planned.map(({ plan, desk }) => issue(plan.preparation.prepared, desk.authority.signer))
    for (const [at, { job, plan, desk }] of planned.entries()) {
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
