import { asError, CertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import type { Reading, WriteTransaction } from '../repository/repository.ts'
import { actingTransaction } from './acting.ts'
import { type CrlTools, followCrls, openForCrls, type Followed, type Openers } from './authority-crl.ts'
import {
  authorityIdOf,
  planRevocation,
  revocable,
  revokeCertificates,
  type RevocationStep,
  type Revoked,
} from './revoke-certificates.ts'
import type { Target } from './store.ts'

/** One call that revokes certificates or ends their hold, all or none of them. */
export interface RevocationJob {
  readonly targets: readonly Target[]
  readonly step: RevocationStep
  /** Of the authorities' keys. */
  readonly password: Secret | undefined
  /** See `MutationOptions`. */
  readonly actor: string | undefined
}

/** A job whose authorities are open, or why they are not. */
interface ReadyJob extends RevocationJob {
  readonly openers: Openers
}

type Results = readonly (Followed | Error)[]

type RevocationTools = CrlTools<Results>

/**
 * Carries out jobs that came together in one transaction, and lets one CRL of each authority follow them all: writing it
 * costs as much for one revocation as for a hundred. A job that is refused has written nothing and hinders no other one.
 *
 * @returns for each job what came of it, its CRLs included, or why it was refused
 */
export async function revokeGroup(
  reading: Reading,
  jobs: readonly RevocationJob[],
  tools: RevocationTools,
): Promise<Results> {
  const readied: (ReadyJob | Error)[] = []
  for (const job of jobs) readied.push(await makeReady(reading, job, tools).catch(asError))
  if (readied.every((job) => job instanceof Error)) return readied
  return tools.write((tx) => revokeAll(tx, readied, tools))
}

/** Before the store is locked: deriving a key from a password takes long. */
async function makeReady(
  reading: Reading,
  job: RevocationJob,
  { desk, now }: RevocationTools,
): Promise<ReadyJob> {
  const ids = (await revocable(reading, job.targets)).map(authorityIdOf)
  return { ...job, openers: await openForCrls(reading, ids, { desk, password: job.password, now }) }
}

async function revokeAll(
  tx: WriteTransaction,
  jobs: readonly (ReadyJob | Error)[],
  tools: RevocationTools,
): Promise<Results> {
  const done: (Revoked | Error)[] = []
  for (const job of jobs) done.push(job instanceof Error ? job : await revokeOne(tx, job, tools))
  const crls = new Map<string, Followed>()
  for (const [at, revoked] of done.entries())
    for (const id of revoked instanceof Error ? [] : revoked.authorityIds) {
      if (crls.has(id)) continue
      // in the name of the first who needs it
      const own = actingTransaction(tx, (jobs[at] as ReadyJob).actor)
      crls.set(id, await followCrls(own, [id], { openers: openersOf(jobs, id), now: tools.now }))
    }
  return done.map((revoked) => (revoked instanceof Error ? revoked : withCrls(revoked, crls)))
}

/** What could speak against it is known before anything is written; what fails then fails for all. */
async function revokeOne(
  tx: WriteTransaction,
  { targets, step, actor }: ReadyJob,
  { now }: RevocationTools,
): Promise<Revoked | Error> {
  const own = actingTransaction(tx, actor)
  const plan = await planRevocation(own, targets, { step, now }).catch(asError)
  return plan instanceof Error ? plan : revokeCertificates(own, plan)
}

/** The authority as one of the jobs could open it, else why none could. */
function openersOf(jobs: readonly (ReadyJob | Error)[], id: string): Openers {
  const all = jobs.flatMap((job) => (job instanceof Error ? [] : (job.openers.get(id) ?? [])))
  const best = all.find((opener) => !(opener instanceof CertmanError)) ?? all[0]
  return new Map(best && [[id, best]])
}

function withCrls({ outcomes, authorityIds }: Revoked, crls: ReadonlyMap<string, Followed>): Followed {
  const followed = authorityIds.flatMap((id) => crls.get(id) ?? [])
  return {
    outcomes: [...outcomes, ...followed.flatMap((each) => each.outcomes)],
    notes: followed.flatMap((each) => each.notes),
  }
}
