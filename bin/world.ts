import { existsSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import type { Signal, World } from '../commands/world.ts'
import { CertmanError } from '../src/base/errors.ts'
import { pooledRandom } from '../src/crypto/random.ts'
import { processSink } from './streams.ts'
import { isTerminal } from './terminal.ts'

/** Standard input is read whole; more than this is refused before memory runs out. */
const MAX_STDIN_BYTES = 256 * 1024 * 1024

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_STDIN_BYTES)
      throw new CertmanError('limit.exceeded', `standard input has more than ${MAX_STDIN_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

let knownActor: string | undefined

/** `user@host` for the change log, looked up once: a server asks with every change. */
const actor = (): string => (knownActor ??= lookUpActor())

/** A user without an entry in the user database still gets a name. */
function lookUpActor(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return `${process.env['USER'] ?? 'unknown'}@${hostname()}`
  }
}

/** Below a file there is nothing: what is looked for or written there fails. */
const NOWHERE = '/dev/null'

/**
 * The working folder. Where it was deleted under us it is still called so, as the shell says: absolute paths work, and
 * nothing is written elsewhere instead. A folder that is there is another one.
 */
function workingFolder(): string {
  try {
    return process.cwd()
  } catch {
    const said = process.env['PWD'] ?? ''
    return said === '' || existsSync(said) ? NOWHERE : said
  }
}

/** What `homedir` answers: where the environment says it, `node:os` need not be loaded. */
function homeFolder(): string {
  const named = process.platform === 'win32' ? undefined : process.env['HOME']
  return named === undefined || named === '' ? homedir() : named
}

const SIGNALS = { SIGINT: 'stop', SIGTERM: 'stop', SIGHUP: 'reload' } as const

function listen(take: (signal: Signal) => void): () => void {
  const named = Object.entries(SIGNALS).map(([name, signal]) => [name, () => take(signal)] as const)
  for (const [name, handler] of named) process.on(name, handler)
  return () => named.forEach(([name, handler]) => process.off(name, handler))
}

function every(milliseconds: number, call: () => void): () => void {
  const timer = setInterval(call, milliseconds)
  timer.unref()
  return () => clearInterval(timer)
}

/** The world as this process finds it. Costly parts are looked up only when asked for. */
export function makeWorld(): World {
  return {
    ambient: {
      now: () => new Date(),
      random: pooledRandom(),
      env: process.env,
      get actor() {
        return actor()
      },
    },
    cwd: workingFolder(),
    get home() {
      return homeFolder()
    },
    platform: process.platform,
    stdout: processSink(1, () => process.stdout),
    stderr: processSink(2, () => process.stderr),
    stdin: {
      get isTty() {
        return isTerminal(0)
      },
      read: readStdin,
    },
    signals: { listen, every },
    promptStreams: () => ({ input: process.stdin, output: process.stderr }),
  }
}
