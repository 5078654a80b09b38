import { asError } from '../base/errors.ts'
import type { Repository, WriteTransaction } from '../repository/repository.ts'
import type { SigningTools } from './authority-desk.ts'
import type { Signing } from './authority-orders.ts'
import {
  makeReady,
  readyFor,
  signBatch,
  withAuthority,
  type ReadyJob,
  type SigningJob,
} from './sign-batch.ts'

type Results = readonly (Signing | Error)[]

/** Signing tools, and how to write. */
export interface GroupTools extends SigningTools {
  readonly write: (body: (tx: WriteTransaction) => Promise<Results>) => Promise<Results>
}

/** Signs jobs that came together in one transaction; each job has its own answer. */
export async function signGroup(
  repository: Repository,
  jobs: readonly SigningJob[],
  tools: GroupTools,
): Promise<Results> {
  const readied = await readyAll(repository, jobs, tools)
  const ready = readied.filter((job): job is ReadyJob => !(job instanceof Error))
  if (ready.length === 0) return readied as readonly Error[]
  const signed = await tools.write((tx) => signBatch(tx, ready, tools))
  let at = 0
  return readied.map((job) => (job instanceof Error ? job : signed[at++]!))
}

/** One authority is looked up and opened once for all jobs that name it alike. */
async function readyAll(
  repository: Repository,
  jobs: readonly SigningJob[],
  tools: SigningTools,
): Promise<readonly (ReadyJob | Error)[]> {
  const known = new Map<string, { readonly job: SigningJob; readonly authorityId: string }>()
  const ready: (ReadyJob | Error)[] = []
  for (const asked of jobs) {
    try {
      const job = await withAuthority(repository, asked)
      const { authority = '', password } = job.order
      const same = known.get(authority)
      if (same && same.job.order.password === password) {
        ready.push(readyFor(job, same.authorityId))
        continue
      }
      const made = await makeReady(repository, job, tools)
      known.set(authority, { job, authorityId: made.authorityId })
      ready.push(made)
    } catch (error) {
      ready.push(asError(error))
    }
  }
  return ready
}
