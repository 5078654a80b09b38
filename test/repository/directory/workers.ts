import { spawn, type ChildProcess } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { temporaryFolder } from './stores.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

const workers = new Map<string, Promise<string>>()

/** A worker as a file that Node runs; built once. */
function buildWorker(entry: string): Promise<string> {
  const known = workers.get(entry)
  if (known) return known
  const worker = (async () => {
    const folder = temporaryFolder()
    // as in an installation: packages are found above the file that wants them
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    const outfile = join(folder, 'worker.cjs')
    await build({
      entryPoints: [entry],
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
  workers.set(entry, worker)
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

/** Starts a job on a store: one of `worker.ts`, or of another file that takes the same arguments. */
export async function startWorker(
  store: string,
  job: string,
  entry = join(import.meta.dirname, 'worker.ts'),
): Promise<Worker> {
  const child = spawn(process.execPath, [await buildWorker(entry), store, job], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {},
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
