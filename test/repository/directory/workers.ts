import { spawn, type ChildProcess } from 'node:child_process'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { temporaryFolder } from './stores.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

let worker: Promise<string> | undefined

/** `worker.ts` as a file that Node runs; built once. */
function buildWorker(): Promise<string> {
  worker ??= (async () => {
    const outfile = join(temporaryFolder(), 'worker.cjs')
    await build({
      entryPoints: [join(import.meta.dirname, 'worker.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['@photostructure/sqlite'],
      logLevel: 'error',
      logOverride: { 'empty-import-meta': 'silent' },
    })
    return outfile
  })()
  return worker
}

/** A writer in a process of its own. */
export interface Worker {
  readonly process: ChildProcess
  /** What it has acknowledged so far: the words of its output. */
  readonly acknowledged: () => readonly string[]
  /** Resolves when it has acknowledged something more. */
  readonly next: () => Promise<void>
  /** Its exit status, or the signal that killed it, with what it said on stderr. */
  readonly ended: Promise<{ readonly status: number | string | null; readonly errors: string }>
}

/** Starts a job of `worker.ts` on a store. */
export async function startWorker(store: string, job: string): Promise<Worker> {
  const child = spawn(process.execPath, [await buildWorker(), store, job], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { NODE_PATH: join(ROOT, 'node_modules') },
  })
  let output = ''
  let errors = ''
  let wake: () => void = () => undefined
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
    wake()
  })
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()))
  const ended = new Promise<{ status: number | string | null; errors: string }>((done) =>
    child.on('close', (code, signal) => {
      wake()
      done({ status: signal ?? code, errors })
    }),
  )
  return {
    process: child,
    // the last line may be cut off
    acknowledged: () =>
      output
        .slice(0, output.lastIndexOf('\n') + 1)
        .split(/\s+/)
        .filter(Boolean),
    next: () => new Promise((resume) => (wake = resume)),
    ended,
  }
}
