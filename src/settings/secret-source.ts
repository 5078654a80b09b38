import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import { CertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'

/** Where a secret comes from; the settings and the command line hold this, never the secret. */
export type SecretSource =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'env'; readonly name: string }
  | { readonly from: 'command'; readonly command: string }

/** Where a secret comes from, as three flags say. */
export interface SecretFlags {
  readonly passwordFile?: string
  readonly passwordEnv?: string
  readonly passwordCommand?: string
}

/** The source that the flags name, if any. @throws {CertmanError} `cli.usage` for more than one */
export function sourceOf({
  passwordFile,
  passwordEnv,
  passwordCommand,
}: SecretFlags): SecretSource | undefined {
  const given = [passwordFile, passwordEnv, passwordCommand].filter((each) => each !== undefined)
  if (given.length > 1)
    throw new CertmanError('cli.usage', 'give one of --password-file, --password-env, --password-command')
  if (passwordFile !== undefined) return { from: 'file', path: passwordFile }
  if (passwordEnv !== undefined) return { from: 'env', name: passwordEnv }
  return passwordCommand === undefined ? undefined : { from: 'command', command: passwordCommand }
}

/** The world as far as secrets need it. */
export interface SecretWorld {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly readStdin: () => Promise<Uint8Array>
  /** Takes a warning. */
  readonly warn: (line: string) => void
}

/** More than this is no password; a mistyped path must not pull a disk image into memory. */
const MAX_SECRET_BYTES = 64 * 1024

/** A program that asks for a password (a vault's login) may take its time, but not forever. */
const COMMAND_TIMEOUT_MS = 60_000

/** The secret without the one line break that editors and `echo` put at its end. */
function trimmed(bytes: Uint8Array, what: string): Secret {
  if (bytes.length > MAX_SECRET_BYTES)
    throw new CertmanError(
      'limit.exceeded',
      `${what} has more than the ${MAX_SECRET_BYTES} bytes of a password`,
    )
  let end = bytes.length
  if (bytes[end - 1] === 0x0a) end--
  if (end < bytes.length && bytes[end - 1] === 0x0d) end--
  return new Secret(bytes.slice(0, end))
}

function readPasswordFile(path: string, world: SecretWorld): Secret {
  const what = `the password file ${path}`
  let descriptor: number | undefined
  try {
    descriptor = openSync(resolve(world.cwd, path), 'r')
    const stat = fstatSync(descriptor)
    if (stat.isDirectory()) throw new CertmanError('file.is-directory', `${what} is a folder`)
    // Windows has no such mode bits
    if (world.platform !== 'win32' && stat.isFile() && (stat.mode & 0o004) !== 0)
      world.warn(`every user can read ${what}; chmod 600 it`)
    return trimmed(beginningOf(descriptor), what)
  } catch (cause) {
    if (cause instanceof CertmanError) throw cause
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new CertmanError('file.not-found', `${what} does not exist`, { cause, field: 'password-file' })
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    const why = code === 'EACCES' ? 'may not be read by this user' : `cannot be read: ${code}`
    throw new CertmanError('file.not-readable', `${what} ${why}`, {
      cause,
      field: 'password-file',
    })
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** As much as a password may have, and one byte more: a device may never end. */
function beginningOf(descriptor: number): Uint8Array {
  const bytes = new Uint8Array(MAX_SECRET_BYTES + 1)
  let length = 0
  for (;;) {
    const count = readSync(descriptor, bytes, length, bytes.length - length, null)
    length += count
    // a pipe gives what it has
    if (count === 0 || length === bytes.length) return bytes.slice(0, length)
  }
}

/** Runs the command with the shell; its standard output is the secret, its standard error is shown. */
async function runPasswordCommand(command: string, world: SecretWorld): Promise<Secret> {
  const { spawnSync } = await import('node:child_process')
  const run = spawnSync(command, {
    shell: true,
    cwd: world.cwd,
    env: { ...world.env },
    stdio: ['inherit', 'pipe', 'inherit'],
    timeout: COMMAND_TIMEOUT_MS,
    maxBuffer: MAX_SECRET_BYTES * 2,
  })
  const failed = (why: string): CertmanError =>
    new CertmanError('input.invalid', `the password command ${why}`, {
      hint: 'run it by itself: it must print the password and exit with 0',
      field: 'password-command',
    })
  if (run.error) throw failed(`could not be run: ${(run.error as NodeJS.ErrnoException).code ?? 'failed'}`)
  if (run.signal) throw failed(`was ended by ${run.signal}`)
  if (run.status !== 0) throw failed(`exited with ${run.status}`)
  return trimmed(run.stdout, 'the answer of the password command')
}

/**
 * Reads a secret from where the person said. One line break at its end is cut; the rest is kept byte by byte.
 *
 * @throws {CertmanError} `file.not-found`, `file.not-readable`, `limit.exceeded`; `input.invalid` when the
 *   variable is not set or the command fails
 */
export async function readSecret(source: SecretSource, world: SecretWorld): Promise<Secret> {
  if (source.from === 'command') return runPasswordCommand(source.command, world)
  if (source.from === 'env') {
    const value = world.env[source.name]
    if (value !== undefined) return new Secret(value)
    throw new CertmanError('input.invalid', `the environment variable ${source.name} is not set`, {
      hint: 'name the variable, without $, and export it',
      field: 'password-env',
    })
  }
  if (source.path === '-') return trimmed(await world.readStdin(), 'standard input')
  return readPasswordFile(source.path, world)
}
