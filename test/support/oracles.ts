import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { basename, delimiter, join } from 'node:path'

/** Tools of other projects that judge what certman reads and writes. */
export type OracleName =
  | 'openssl'
  | 'keytool'
  | 'java'
  | 'javac'
  | 'certtool'
  | 'certutil'
  | 'pk12util'
  | 'python3'
  | 'ssh-keygen'
  | 'curl'
  | 'easyrsa'
  | 'unzip'

/** Where packages put tools that are in no folder of PATH. */
const ELSEWHERE: Readonly<Partial<Record<OracleName, string>>> = { easyrsa: '/usr/share/easy-rsa' }

/** The path of a tool, or undefined when it is not installed. */
export function oracle(name: OracleName): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  for (const folder of [...folders, ...(ELSEWHERE[name] === undefined ? [] : [ELSEWHERE[name]])]) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      continue
    }
  }
  return undefined
}

/** What vitest hands to a test, as far as skipping needs it. */
export interface Skippable {
  skip: (note?: string) => never
}

/** Java for programs in source, which need the compiler beside it; without both the test is skipped, and fails in CI. */
export function requireJavaSource(context: Skippable): string {
  requireOracle(context, 'javac')
  return requireOracle(context, 'java')
}

/** The path of a tool; without it the test is skipped with a reason, and fails in CI. */
export function requireOracle(context: Skippable, name: OracleName): string {
  const path = oracle(name)
  if (path !== undefined) return path
  const reason = `the tool ${name} is not installed`
  if (process.env['CI']) throw new Error(reason)
  return context.skip(reason)
}

/** What a tool answered. */
export interface OracleAnswer {
  readonly status: number
  readonly stdout: Buffer
  /** Text of both streams, for failure messages and for tools that speak on stderr. */
  readonly text: string
}

/** The environment without what makes OpenSSL and Node read a bundle of roots at every start. */
const { SSL_CERT_FILE: _file, NODE_EXTRA_CA_CERTS: _extra, ...environment } = process.env

/** Java for a short life: fewer threads, and no time spent on compiling well what runs once. */
const SHORT_LIFE = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
const BEFORE_ALL: Readonly<Record<string, readonly string[]>> = {
  java: SHORT_LIFE,
  keytool: SHORT_LIFE.map((option) => `-J${option}`),
}

/** Runs a tool with arguments and optional standard input, without a shell. */
export function runOracle(path: string, args: readonly string[], input?: Uint8Array | string): OracleAnswer {
  const run = spawnSync(path, [...(BEFORE_ALL[basename(path)] ?? []), ...args], {
    ...(input === undefined ? {} : { input }),
    maxBuffer: 256 * 1024 * 1024,
    env: { ...environment, LC_ALL: 'C' },
  })
  if (run.error) throw run.error
  return {
    status: run.status ?? -1,
    stdout: run.stdout,
    text: `${run.stdout.toString('latin1')}\n${run.stderr.toString('latin1')}`,
  }
}

/** Standard output of a tool that must succeed; otherwise its words become the failure. */
export function outputOf(path: string, args: readonly string[], input?: Uint8Array | string): Buffer {
  const { status, stdout, text } = runOracle(path, args, input)
  if (status !== 0) throw new Error(`${path} ${args[0] ?? ''} ended with ${status}:\n${text}`)
  return stdout
}
