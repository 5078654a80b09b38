import { CertmanError, isCertmanError } from '../base/errors.ts'
import type { Ambient } from '../base/ambient.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import { requireSignable } from '../domain/request-state.ts'
import type { Reading, WriteTransaction } from '../repository/repository.ts'
import { renewDueCrl } from './authority-crl.ts'
import { actingTransaction } from './acting.ts'
import type { AuthorityDesk } from './authority-desk.ts'
import type { NewRequest, Signing, SigningOrder } from './authority-orders.ts'
import { authorityOf, chooseAuthority } from './authority-records.ts'
import { getIndexed } from './change-record.ts'
import { pointingTo } from './crl-place.ts'
import { getRequest } from './reject-requests.ts'
import { carryOut, planSigning, type Signable, type SigningDesk } from './sign-request.ts'
import type { MutationOptions } from './store.ts'
import { customProfiles } from './store-profiles.ts'
import { checkRequest, type CheckedRequest } from './submit-request.ts'

/** One request that is to be signed. */
export interface SigningJob {
  readonly signable: Signable
  readonly order: SigningOrder
  readonly options: MutationOptions
}

/** A job whose authority is known and open. */
export interface ReadyJob extends SigningJob {
  readonly authorityId: string
}

/** What signing works with: open authorities, clock, randomness. */
export interface SigningTools {
  readonly desk: AuthorityDesk
  readonly ambient: Ambient
}

/** The job of a request that is brought; see `checkRequest`. */
export const checkJob = async (
  request: NewRequest,
  order: SigningOrder,
  options: MutationOptions,
): Promise<SigningJob> => ({ signable: { request: await checkRequest(request) }, order, options })

/**
 * Finds and opens the authority of a job, before the store is locked: deriving a key from a password takes long.
 *
 * @throws {CertmanError} what `chooseAuthority` and `AuthorityDesk.open` throw
 */
export async function makeReady(reading: Reading, job: SigningJob, tools: SigningTools): Promise<ReadyJob> {
  const record = await chooseAuthority(reading, job.order.authority)
  // said before anybody is asked for a password
  if (!record.enabled) throw disabled(record)
  try {
    await tools.desk.open(reading, record, { password: job.order.password, now: tools.ambient.now() })
  } catch (error) {
    // nobody is to type a password for a request that cannot be signed anyway
    if (isCertmanError(error, 'password.required')) await requireWaiting(reading, job.signable)
    throw error
  }
  return { ...job, authorityId: record.id }
}

async function requireWaiting(reading: Reading, signable: Signable): Promise<void> {
  if ('target' in signable && !signable.again) requireSignable(await getRequest(reading, signable.target))
}

const disabled = ({ name }: AuthorityRecord): CertmanError =>
  new CertmanError('state.refused', `the authority ${JSON.stringify(name)} is disabled`, {
    hint: `enable it with: certman ca enable ${name}`,
  })

/**
 * Signs jobs in one transaction. A job that is refused has written nothing and hinders no other one; what fails while
 * writing fails for all.
 *
 * @returns for each job what came of it, or why it was refused
 */
export async function signBatch(
  tx: WriteTransaction,
  jobs: Iterable<ReadyJob> | AsyncIterable<ReadyJob>,
  tools: SigningTools,
): Promise<readonly (Signing | Error)[]> {
  const room = new SigningRoom(tx, tools)
  const results: (Signing | Error)[] = []
  for await (const job of jobs) results.push(await room.sign(job))
  return room.withCrls(results)
}

/** The first job, and all that follow with the same order. */
export async function* alike(
  first: ReadyJob,
  others: AsyncIterable<CheckedRequest>,
): AsyncGenerator<ReadyJob, void> {
  yield first
  for await (const request of others) yield { ...first, signable: { request } }
}

/** The same for jobs that stand or fall together, some of them still on their way. @throws the first refusal */
export async function signAll(
  tx: WriteTransaction,
  jobs: AsyncIterable<ReadyJob>,
  tools: SigningTools,
): Promise<readonly Signing[]> {
  const results = await signBatch(tx, jobs, tools)
  return results.map((result) => {
    if (result instanceof Error) throw result
    return result
  })
}

class SigningRoom {
  readonly #tx: WriteTransaction
  readonly #tools: SigningTools
  readonly #now: Date
  readonly #desks = new Map<string, SigningDesk>()
  #profiles: SigningDesk['profiles'] | undefined

  constructor(tx: WriteTransaction, tools: SigningTools) {
    this.#tx = tx
    this.#tools = tools
    this.#now = tools.ambient.now()
  }

  async sign(job: ReadyJob): Promise<Signing | Error> {
    let desk: SigningDesk
    let plan: Awaited<ReturnType<typeof planSigning>>
    try {
      desk = await this.#desk(job)
      plan = await planSigning(this.#tx, job.signable, { order: job.order, desk })
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
    return carryOut(actingTransaction(this.#tx, job.options.actor), plan, desk)
  }

  /** A CRL that is due is signed along; the first certificate of its authority tells. */
  async withCrls(results: readonly (Signing | Error)[]): Promise<readonly (Signing | Error)[]> {
    const told = [...results]
    for (const { authority } of new Set(this.#desks.values())) {
      const at = told.findIndex((result) => isOf(result, authority.record.id))
      const outcome = at < 0 ? undefined : await renewDueCrl(this.#tx, authority, this.#now)
      const signing = told[at]
      if (outcome && signing && !(signing instanceof Error))
        told[at] = { ...signing, outcomes: [...signing.outcomes, outcome] }
    }
    return told
  }

  async #desk({ authorityId, order, options }: ReadyJob): Promise<SigningDesk> {
    const { desk, ambient } = this.#tools
    const { replace = false } = options
    const actor = options.actor ?? ambient.actor
    const key = JSON.stringify([authorityId, replace, actor, order.crlBase])
    const known = this.#desks.get(key)
    if (known) return known
    const record = authorityOf(await getIndexed(this.#tx, 'authority', authorityId))
    await requireUnrevoked(this.#tx, record)
    const opened = await desk.open(this.#tx, record, { password: order.password, now: this.#now })
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

async function requireUnrevoked(
  tx: WriteTransaction,
  { name, certificateId }: AuthorityRecord,
): Promise<void> {
  const { row } = await getIndexed(tx, 'certificate', certificateId)
  if (row['revocation'] === undefined) return
  throw new CertmanError(
    'state.refused',
    `the certificate of the authority ${JSON.stringify(name)} is revoked: nobody would believe what it signs`,
    { hint: 'sign by another authority' },
  )
}
