import type { Ambient } from '../src/base/ambient.ts'
import type { Prompter } from './context.ts'

/** One output stream of the process. */
export interface Sink {
  readonly isTty: boolean
  /** Width as the terminal says; undefined when it is none. */
  readonly columns: number | undefined
  /**
   * Resolves when the stream took everything.
   *
   * @throws {ClosedPipe} when nobody reads any more
   */
  write(data: string | Uint8Array): Promise<void>
}

/** `stop` is SIGINT or SIGTERM, `reload` is SIGHUP. */
export type Signal = 'stop' | 'reload'

/** Signals of the system, and time. */
export interface Signals {
  /**
   * From now on signals come here instead of ending the process.
   *
   * @returns takes the listener away again
   */
  listen(take: (signal: Signal) => void): () => void
  /** Calls again and again without keeping the process alive. @returns ends it */
  every(milliseconds: number, call: () => void): () => void
}

/** Everything outside that a run of certman can see or touch: made from `process` in `bin/`, by hand in tests. */
export interface World {
  readonly ambient: Ambient
  readonly cwd: string
  readonly home: string
  /** As `process.platform` says. */
  readonly platform: string
  readonly stdout: Sink
  readonly stderr: Sink
  readonly stdin: { readonly isTty: boolean; read(): Promise<Uint8Array> }
  /** Where questions are read and written; asked for only when there is a question. */
  readonly promptStreams: () => {
    readonly input: NodeJS.ReadableStream
    readonly output: NodeJS.WritableStream
  }
  /** What the system tells a verb that runs until it is told to stop; absent: nothing. */
  readonly signals?: Signals
  /** Answers questions instead of the terminal; used by transcripts. */
  readonly prompter?: Prompter
}

/** Nobody reads standard output any more (`certman list | head`): the run ends quietly. */
export class ClosedPipe extends Error {
  constructor() {
    super('standard output was closed')
    this.name = 'ClosedPipe'
  }
}
