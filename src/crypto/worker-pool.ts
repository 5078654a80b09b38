import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { FAILED, perform, type SignatureAnswer, type SignatureTask } from './signature-tasks.ts'
import type { SignatureVerdict } from './verify.ts'

type Verdicts = readonly SignatureVerdict[]

interface Assignment {
  readonly task: SignatureTask
  readonly resolve: (verdicts: Verdicts) => void
  readonly reject: (error: unknown) => void
}

interface Helper {
  readonly worker: Worker
  /** In the order in which the answers come. */
  readonly tasks: Assignment[]
  idle?: NodeJS.Timeout
}

/** A helper has so many tasks at hand: it does not wait while this thread is busy with something longer. */
const AT_HAND = 4

/** Milliseconds after which a helper without work goes home. */
const PATIENCE = 5000

/**
 * Threads that check signatures beside this one. They start with the first task and end when there is nothing to do;
 * none of them keeps the process alive. Where they cannot start, or one dies, the same tasks are done by this thread.
 */
export class WorkerPool {
  readonly #file: string
  readonly #most: number
  readonly #helpers = new Set<Helper>()
  readonly #waiting: Assignment[] = []
  #isBroken = false

  /**
   * @param file the built `worker.ts`, absolute
   * @param most threads; default: one less than there are processors, four at most
   */
  constructor(file: string, most = Math.min(4, availableParallelism() - 1)) {
    this.#file = file
    this.#most = most
  }

  /** Threads that are there now. */
  get size(): number {
    return this.#helpers.size
  }

  /** Does a task somewhere. Rejects with what the task throws. */
  perform(task: SignatureTask): Promise<Verdicts> {
    return new Promise((resolve, reject) => {
      const assignment = { task, resolve, reject }
      if (this.#isBroken || this.#most < 1) return performHere(assignment)
      this.#waiting.push(assignment)
      this.#assign()
    })
  }

  /** Sends all threads home; what they had at hand is done here. */
  close(): void {
    for (const helper of this.#helpers) this.#dismiss(helper)
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const helper = this.#free()
      if (!helper) return
      const assignment = this.#waiting.shift()!
      if (helper.tasks.length === 0) helper.worker.ref()
      clearTimeout(helper.idle)
      helper.tasks.push(assignment)
      // the pieces are copied, not moved: if the thread dies they are needed here
      helper.worker.postMessage(assignment.task)
    }
  }

  /** The one with the least to do. */
  #free(): Helper | undefined {
    const [least] = [...this.#helpers].toSorted((a, b) => a.tasks.length - b.tasks.length)
    if (least && least.tasks.length === 0) return least
    if (this.#helpers.size < this.#most && !this.#isBroken) return this.#start()
    return least && least.tasks.length < AT_HAND ? least : undefined
  }

  #start(): Helper {
    const worker = new Worker(this.#file, { env: {}, execArgv: [], name: 'certman-signatures' })
    const helper: Helper = { worker, tasks: [] }
    this.#helpers.add(helper)
    worker.on('message', (answer: SignatureAnswer) => this.#answered(helper, answer))
    // 'exit' follows
    worker.on('error', () => (this.#isBroken = true))
    worker.on('exit', () => this.#dismiss(helper))
    return helper
  }

  #answered(helper: Helper, answer: SignatureAnswer): void {
    const assignment = helper.tasks.shift()!
    if (answer === FAILED) performHere(assignment)
    else assignment.resolve(answer)
    this.#assign()
    if (helper.tasks.length > 0) return
    helper.worker.unref()
    helper.idle = setTimeout(() => this.#dismiss(helper), PATIENCE).unref()
  }

  #dismiss(helper: Helper): void {
    if (!this.#helpers.delete(helper)) return
    clearTimeout(helper.idle)
    void helper.worker.terminate()
    const left = helper.tasks.splice(0)
    if (this.#helpers.size === 0) left.push(...this.#waiting.splice(0))
    for (const assignment of left) performHere(assignment)
  }
}

function performHere({ task, resolve, reject }: Assignment): void {
  try {
    resolve(perform(task))
  } catch (error) {
    reject(error)
  }
}

let pool: WorkerPool | undefined

/** The pool of this process. Run from the sources there is no built file, and this thread does the work. */
export function signaturePool(): WorkerPool {
  // the built command is CommonJS, where import.meta is empty; the sources and the library are ES modules
  const here = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url)
  return (pool ??= new WorkerPool(join(dirname(here), 'crypto-worker.cjs')))
}
