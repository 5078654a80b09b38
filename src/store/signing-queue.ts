import { setImmediate as turn, setTimeout as moment } from 'node:timers/promises'
import { isCertmanError } from '../base/errors.ts'
import { UnfinishedChange } from '../repository/repository.ts'

/** One call that waits for its turn. */
interface Waiting<Job, Result> {
  readonly job: Promise<Job>
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/** A transaction takes at most this many: the first caller does not wait for the ten-thousandth. */
const MOST = 1000
/** In this time who was just answered is back, if the next call was only waiting for the answer. */
const BACK_MS = 1

/**
 * Lets calls that are made at the same time share one transaction: while one is under way the next ones gather.
 * Answers `Error` values as rejections.
 */
export class GroupQueue<Job, Result> {
  readonly #run: (jobs: readonly Job[]) => Promise<readonly (Result | Error)[]>
  readonly #waiting: Waiting<Job, Result>[] = []
  #isRunning = false

  /** @param run takes some jobs and answers one result for each; when it rejects, but for what `isOfAll` says, each job is tried alone */
  constructor(run: (jobs: readonly Job[]) => Promise<readonly (Result | Error)[]>) {
    this.#run = run
  }

  /**
   * @param job may still be on its way: its group waits for it, so that those who came together stay together and in
   *   order; one that rejects is that caller's alone
   */
  add(job: Job | Promise<Job>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const coming = Promise.resolve(job)
      // looked at when its turn comes
      coming.catch(() => undefined)
      this.#waiting.push({ job: coming, resolve, reject })
      if (!this.#isRunning) void this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#isRunning = true
    // calls of the same turn come along
    await turn()
    let served = 0
    do {
      if (served > 0) await this.#gather(served + this.#waiting.length)
      const group = this.#waiting.splice(0, MOST)
      served = group.length
      if (served > 0) await this.#group(group)
    } while (served > 1 || this.#waiting.length > 0)
    this.#isRunning = false
  }

  /**
   * Those who were just served are waited for as long as every moment brings some of them. Else all callers fall into two
   * groups that never meet, and there are twice the transactions, which cost much the same for 16 as for 32: a seventh of
   * the processor time of signing.
   */
  async #gather(all: number): Promise<void> {
    let before: number
    do {
      before = this.#waiting.length
      await moment(BACK_MS)
      // whatever has arrived by now is read
      await turn()
    } while (before < this.#waiting.length && this.#waiting.length < all)
  }

  async #group(group: readonly Waiting<Job, Result>[]): Promise<void> {
    const ready = await whoCame(group)
    if (ready.length > 0) await this.#runAll(ready)
  }

  async #runAll(group: readonly Ready<Job, Result>[]): Promise<void> {
    try {
      const results = await this.#run(group.map(({ job }) => job))
      for (const [at, { resolve, reject }] of group.entries()) {
        const result = results[at]
        if (result instanceof Error) reject(result)
        else resolve(result as Result)
      }
    } catch (error) {
      if (group.length === 1 || isOfAll(error)) for (const { reject } of group) reject(error)
      else for (const one of group) await this.#runAll([one])
    }
  }
}

/**
 * That the store stays locked is no fault of one of them: each alone would wait as long once more, one after the other.
 * What was changed all the same each alone would meet, and be told that it was done before.
 */
const isOfAll = (error: unknown): boolean =>
  isCertmanError(error, 'store.locked') || error instanceof UnfinishedChange

/** A call whose job is there. */
type Ready<Job, Result> = Omit<Waiting<Job, Result>, 'job'> & { readonly job: Job }

async function whoCame<Job, Result>(
  group: readonly Waiting<Job, Result>[],
): Promise<readonly Ready<Job, Result>[]> {
  const came = await Promise.allSettled(group.map(({ job }) => job))
  return group.flatMap(({ resolve, reject }, at) => {
    const one = came[at]!
    if (one.status === 'fulfilled') return [{ job: one.value, resolve, reject }]
    reject(one.reason)
    return []
  })
}
