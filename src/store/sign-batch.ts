import { CertmanError, isCertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import { requireSignable } from '../domain/request-state.ts'
import type { Reading, WriteTransaction } from '../repository/repository.ts'
import type { SigningTools } from './authority-desk.ts'
import type { NewRequest, Signing, SigningOrder } from './authority-orders.ts'
import { chooseAuthority } from './authority-records.ts'
import { getRequest } from './reject-requests.ts'
import type { Signable } from './sign-request.ts'
import { SigningRoom } from './signing-room.ts'
import type { MutationOptions } from './store.ts'
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

/** The job, naming the authority that its request has in mind where the order names none. */
export async function withAuthority(reading: Reading, job: SigningJob): Promise<SigningJob> {
  const { signable, order } = job
  if (order.authority !== undefined || !('target' in signable) || signable.again) return job
  const [request] = await reading.find('request', { by: 'id', id: signable.target.id })
  const authority = request?.row['authorityId']
  return typeof authority === 'string' ? { ...job, order: { ...order, authority } } : job
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
  return readyFor(job, record.id)
}

/**
 * Not a copy with one field more: the V8 of Node 20 gives each of those a shape of its own, and code that has met a few
 * shapes is slow for all of them.
 */
export const readyFor = ({ signable, order, options }: SigningJob, authorityId: string): ReadyJob => ({
  signable,
  order,
  options,
  authorityId,
})

async function requireWaiting(reading: Reading, signable: Signable): Promise<void> {
  if ('target' in signable && !signable.again) requireSignable(await getRequest(reading, signable.target))
}

const disabled = ({ name }: AuthorityRecord): CertmanError =>
  new CertmanError('state.refused', `the authority ${JSON.stringify(name)} is disabled`, {
    hint: `enable it with: ${commandOn('ca enable', name)}`,
  })

/** Jobs that are there, or still on their way. */
type Jobs = Iterable<ReadyJob> | AsyncIterable<ReadyJob>

/**
 * Signs jobs in one transaction. A job that is refused has written nothing and hinders no other one; what fails while
 * writing fails for all.
 *
 * @returns for each job what came of it, or why it was refused
 */
export async function signBatch(
  tx: WriteTransaction,
  jobs: Jobs,
  tools: SigningTools,
): Promise<readonly (Signing | Error)[]> {
  const room = new SigningRoom(tx, tools)
  for await (const job of jobs) await room.take(job)
  return room.finish()
}

/** So many requests are there before their transaction begins: the signatures of the others are checked while these are signed. */
const BEFOREHAND = 64

/**
 * The first job, and all that follow with the same order. The first requests are checked before the store is locked:
 * meanwhile another process may write.
 *
 * @throws {CertmanError} like `openRequest`, for one of the requests
 */
export async function alike(first: ReadyJob, others: AsyncGenerator<CheckedRequest, void>): Promise<Jobs> {
  const jobs = [first]
  while (jobs.length < BEFOREHAND) {
    const { done, value } = await others.next()
    if (done) return jobs
    jobs.push(like(first, value))
  }
  return followed(jobs, first, others)
}

const like = ({ order, options, authorityId }: ReadyJob, request: CheckedRequest): ReadyJob =>
  readyFor({ signable: { request }, order, options }, authorityId)

async function* followed(
  jobs: readonly ReadyJob[],
  first: ReadyJob,
  others: AsyncIterable<CheckedRequest>,
): AsyncGenerator<ReadyJob, void> {
  yield* jobs
  for await (const request of others) yield like(first, request)
}

/** The same for jobs that stand or fall together, some of them still on their way. @throws the first refusal */
export async function signAll(
  tx: WriteTransaction,
  jobs: Jobs,
  tools: SigningTools,
): Promise<readonly Signing[]> {
  const results = await signBatch(tx, jobs, tools)
  return results.map((result) => {
    if (result instanceof Error) throw result
    return result
  })
}
