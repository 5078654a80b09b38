import { basename, dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { OWN_PLACE } from '../base/own-place.ts'
import { packSignatures } from './signature-message.ts'
import { verifySignatureAside, type SignatureToVerify, type SignatureVerdict } from './verify.ts'

/** What the thread says; `number` is that of the message. */
interface Answer {
  readonly number: number
  readonly verdicts: readonly SignatureVerdict[]
}

type Settle = (answer: Answer | undefined) => void

/**
 * A thread that checks signatures: of what Node does for an ECDSA signature, reading the key, which is nearly half, is
 * else done on the thread that asks. It keeps no process alive.
 */
export class VerifyingThread {
  #worker: Worker | undefined
  readonly #waiting = new Map<number, Settle>()
  #number = 0

  /** @param program path of `verify-worker.ts`, built; where it cannot run, signatures are checked without it */
  constructor(program: string) {
    try {
      this.#worker = new Worker(program)
    } catch {
      return // Node was told to start none
    }
    this.#worker.unref()
    this.#worker.on('message', (answer: Answer) => this.#answered(answer))
    this.#worker.on('error', () => this.#over())
    this.#worker.on('exit', () => this.#over())
  }

  /** @returns a verdict for each, in their order */
  async verify(all: readonly SignatureToVerify[]): Promise<readonly SignatureVerdict[]> {
    const answer = this.#worker && (await this.#ask(all, this.#worker))
    return answer?.verdicts ?? Promise.all(all.map(verifySignatureAside))
  }

  #ask(all: readonly SignatureToVerify[], worker: Worker): Promise<Answer | undefined> {
    const number = ++this.#number
    const message = packSignatures(number, all)
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve)
      worker.ref()
      worker.postMessage(message, [message.octets.buffer as ArrayBuffer])
    })
  }

  #answered(answer: Answer): void {
    this.#waiting.get(answer.number)?.(answer)
    this.#waiting.delete(answer.number)
    if (this.#waiting.size === 0) this.#worker?.unref()
  }

  #over(): void {
    this.#worker = undefined
    for (const settle of this.#waiting.values()) settle(undefined)
    this.#waiting.clear()
  }
}

/** In dist, beside the library and above the chunks of the command. */
function program(): string {
  const folder = dirname(OWN_PLACE)
  return join(basename(folder) === 'chunks' ? dirname(folder) : folder, 'verify-worker.cjs')
}

let ours: VerifyingThread | undefined

/** `verifySignature` for many, on another thread of this process. @returns a verdict for each, in their order */
export const verifySignatures = (all: readonly SignatureToVerify[]): Promise<readonly SignatureVerdict[]> =>
  (ours ??= new VerifyingThread(program())).verify(all)
