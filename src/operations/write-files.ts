import { constants } from 'node:fs'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { sameBytes, toHex } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import type { Ambient } from '../base/ambient.ts'
import { realFiles } from '../repository/directory/files.ts'
import { makeFolders, whyNotWritable } from '../repository/folders.ts'
import { quoted } from './read-sources.ts'

/** One file to be written. */
export interface OutputFile {
  /** Absolute. */
  readonly path: string
  readonly bytes: Uint8Array
  /** Mode 0600 from the first moment. */
  readonly secret: boolean
  /** The person named a folder that may not exist yet. */
  readonly makeFolder?: boolean
}

/**
 * Whether a file stands there already; devices and pipes are there to be written to.
 *
 * @throws {CertmanError} `file.is-directory`
 */
export async function isTaken(path: string): Promise<boolean> {
  const about = await stat(path).catch(() => undefined)
  if (about?.isDirectory()) throw new CertmanError('file.is-directory', `${quoted(path)} is a folder`)
  return about?.isFile() ?? false
}

/** The refusal to overwrite. */
export const fileExists = (path: string): CertmanError =>
  new CertmanError('file.exists', `${quoted(path)} exists`)

/**
 * Refuses to overwrite, before anything is written or anybody is asked for a password.
 *
 * @throws {CertmanError} `file.exists`, `file.is-directory`
 */
export async function requireFree(path: string, force: boolean): Promise<void> {
  if ((await isTaken(path)) && !force) throw fileExists(path)
}

/** Whether the file holds these very bytes already; a secret that others may read is to be written anew. */
export async function isSame({ path, bytes, secret }: OutputFile): Promise<boolean> {
  const about = await stat(path).catch(() => undefined)
  // a device or a pipe may have no end
  if (!about?.isFile() || about.size !== bytes.length) return false
  if (secret && (about.mode & 0o077) !== 0) return false
  const old = await readFile(path).catch(() => undefined)
  return old !== undefined && sameBytes(old, bytes)
}

/**
 * Writes files: each under a temporary name first, all of them flushed, then each renamed to its own name and the folders
 * flushed. A fault before the first has its name leaves no file behind and no old one changed; a later one takes away
 * again what is new, and names the files that were replaced already.
 *
 * @throws {CertmanError} `file.not-writable`
 */
export async function writeFiles(files: readonly OutputFile[], ambient: Ambient): Promise<void> {
  const pending: Pending[] = []
  const placed: Pending[] = []
  let made: string | undefined
  let at = ''
  try {
    for (const file of files) {
      at = file.path
      if (file.makeFolder) made = makeFolders(dirname(file.path)) ?? made
      if (await isDevice(file.path)) {
        await writeInPlace(file)
        continue
      }
      const from = join(
        dirname(file.path),
        `.${basename(file.path).slice(0, 60)}.${toHex(ambient.random(6))}.tmp`,
      )
      pending.push({ from, to: file.path, isFresh: !(await isTaken(file.path)) })
      await writeNew(from, file)
    }
    for (const one of pending) {
      at = one.to
      await rename(one.from, one.to)
      placed.push(one)
    }
    for (const folder of new Set(pending.map(({ to }) => dirname(to)))) await flushFolder(folder)
  } catch (cause) {
    for (const { from } of pending) await rm(from, { force: true }).catch(() => undefined)
    const left = await takeBack(placed)
    if (made !== undefined) await rm(made, { recursive: true }).catch(() => undefined)
    throw writeError(at, cause, left)
  }
}

/** A file under its temporary name. */
interface Pending {
  readonly from: string
  readonly to: string
  /** Nothing stood in its place. */
  readonly isFresh: boolean
}

/** Takes away again what has its name already. @returns the files that stay new: what they replaced is gone */
async function takeBack(placed: readonly Pending[]): Promise<readonly string[]> {
  const left: string[] = []
  for (const { to, isFresh } of placed) {
    const isGone =
      isFresh &&
      (await rm(to).then(
        () => true,
        () => false,
      ))
    if (!isGone) left.push(to)
  }
  return left
}

/** A name is as durable as its folder; where a system cannot flush one, that is all there is. */
const flushFolder = (path: string): Promise<void> => realFiles(path).sync([''])

async function writeNew(path: string, { bytes, secret }: OutputFile): Promise<void> {
  const exclusive = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY
  const handle = await open(path, exclusive, secret ? 0o600 : 0o644)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** `/dev/stdout`, a named pipe: there is nothing to rename over. */
async function isDevice(path: string): Promise<boolean> {
  const about = await stat(path).catch(() => undefined)
  return about !== undefined && !about.isFile()
}

async function writeInPlace({ path, bytes }: OutputFile): Promise<void> {
  const handle = await open(path, 'w')
  try {
    await handle.writeFile(bytes)
  } finally {
    await handle.close()
  }
}

/** @param left files that are new all the same */
function writeError(path: string, cause: unknown, left: readonly string[]): Error {
  if (!(cause instanceof Error) || cause instanceof CertmanError) return cause as Error
  const what = `${quoted(path)} cannot be written: ${whyNotWritable(cause)}`
  if (left.length > 0)
    return new CertmanError(
      'file.not-writable',
      `${what}; replaced already: ${left.map(quoted).join(', ')}`,
      {
        cause,
        hint: 'these files do not belong together: correct the cause, then run the command again with --force',
      },
    )
  const { code = '' } = cause as NodeJS.ErrnoException
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  const hint = 'make room on the disk, then run the command again; nothing was changed'
  return new CertmanError('file.not-writable', what, { cause, ...(isFull && { hint }) })
}
