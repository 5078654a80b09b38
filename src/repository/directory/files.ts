import fs from 'node:fs'
import { join } from 'node:path'
import { CertmanError } from '../../base/errors.ts'
import { Owner } from './owner.ts'
import type { StorePath } from './paths.ts'
import { isCorrupt, isUnopenable, SQLITE, sqliteCode } from './sqlite.ts'

/** Size and identity of a file. */
export interface FileFacts {
  readonly size: number
  readonly inode: number
  /** When its content changed last, in ms. */
  readonly changed: number
  readonly mode: number
  readonly isFolder: boolean
}

/**
 * Every file-system call of a directory store, on paths inside it. Each method is one step that a power cut may
 * precede or follow; tests stop or fail the n-th. Errors are those of `node:fs`; `asStoreError` translates them.
 */
export interface Files {
  /** Absolute path, for messages and for SQLite. */
  absolute(path: StorePath): string
  facts(path: StorePath): FileFacts | undefined
  names(folder: StorePath): readonly string[]
  read(path: StorePath): Buffer
  readPart(path: StorePath, offset: number, length: number): Buffer
  /** Makes the folder (0700) and those above it; answers the topmost one that was new. */
  makeFolder(path: StorePath): boolean
  /** Replaces the whole content; a new file is 0600 from the start. */
  write(path: StorePath, content: string | Uint8Array): void
  /** Writes at an offset and cuts off what lay behind. */
  writeAt(path: StorePath, offset: number, text: string | Uint8Array): void
  truncate(path: StorePath, size: number): void
  rename(from: StorePath, to: StorePath): void
  remove(path: StorePath): void
  removeFolder(path: StorePath): void
  setMode(path: StorePath, mode: number): void
  /** Resolves when everything written to these files and folders is on the disk; they are flushed side by side. */
  sync(paths: readonly StorePath[]): Promise<void>
}

const MISSING = new Set(['ENOENT', 'ENOTDIR'])
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** The code of a system error, such as `ENOENT`. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? undefined) : undefined

/** Whether the error says that the file is not there. */
export const isMissing = (error: unknown): boolean => MISSING.has(codeOf(error) ?? '')

/** Removes a file that may be gone already. `fs.rmSync` would load Node's remover of whole folders. */
export function removeFile(path: string): void {
  try {
    fs.unlinkSync(path)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** An error of the system or of SQLite at a write, in the store's words; other errors as they are. */
export function asStoreError(error: unknown, store: string): unknown {
  const code = codeOf(error)
  if (sqliteCode(error) === SQLITE.full || FULL.has(code ?? ''))
    return new CertmanError('store.full', `no room left on the disk of ${store}`, { cause: error })
  if (isUnopenable(error))
    return new CertmanError('store.not-writable', `cannot write the index of ${store}`, { cause: error })
  if (isCorrupt(error))
    return new CertmanError('store.damaged', `the index of ${store} was damaged or taken away`, {
      hint: 'nothing was changed: run the command again, it builds the index anew',
      cause: error,
    })
  if (code === undefined || error instanceof CertmanError || !/^E[A-Z]+$/.test(code)) return error
  return new CertmanError('store.not-writable', refusal(error as NodeJS.ErrnoException, store), {
    cause: error,
  })
}

/** An error at a question to the index; system errors stay, they tell that a whole store is away for the moment. */
export const asReadError = (error: unknown, store: string): unknown =>
  isUnopenable(error)
    ? new CertmanError('store.invalid', `cannot open the index of ${store}`, {
        hint: 'check the permissions of the folder, and how many files a process may have open (ulimit -n)',
        cause: error,
      })
    : error

/** Nothing can be written here now, be it for want of permission or of room; reading may go on. */
export const isUnwritable = (error: unknown): boolean =>
  isUnopenable(error) ||
  sqliteCode(error) === SQLITE.full ||
  ['EACCES', 'EROFS', 'EPERM', 'ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '') ||
  (error instanceof CertmanError && ['store.not-writable', 'store.full'].includes(error.code))

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the file system is read-only',
  EIO: 'the disk or the network did not do it (EIO)',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENAMETOOLONG: 'a name is too long',
}

/** Why the system refused, as a clause. */
export function whyNot(error: unknown): string {
  const code = codeOf(error) ?? 'unknown cause'
  return WORDS[code] ?? code
}

/** What the system refused, in words. A store may be closed to reading in parts: its folder of keys, say. */
const refusal = (error: NodeJS.ErrnoException, store: string): string =>
  error.syscall === 'scandir'
    ? `cannot read ${error.path ?? store}: ${whyNot(error)}`
    : `cannot write to ${store}: ${whyNot(error)}`

/** The real file system below `root`. */
export function realFiles(root: string): Files {
  const absolute = (path: StorePath): string => (path === '' ? root : join(root, path))
  const owner = new Owner(root)
  return {
    absolute,
    // the store itself may be reached by a link; what is in it may not
    facts: (path) => factsOf(absolute(path), path === '' ? fs.statSync : fs.lstatSync),
    names: (folder) => namesIn(absolute(folder)),
    read: (path) => fs.readFileSync(absolute(path)),
    readPart: (path, offset, length) => readPart(absolute(path), offset, length),
    makeFolder: (path) => owner.makeFolders(absolute(path)) !== undefined,
    write: (path, content) => {
      owner.makeFile(absolute(path))
      fs.writeFileSync(absolute(path), content, { mode: 0o600 })
    },
    writeAt: (path, offset, text) => {
      owner.makeFile(absolute(path))
      writeAt(absolute(path), offset, text)
    },
    truncate: (path, size) => fs.truncateSync(absolute(path), size),
    rename: (from, to) => fs.renameSync(absolute(from), absolute(to)),
    remove: (path) => removeFile(absolute(path)),
    removeFolder: (path) => fs.rmdirSync(absolute(path)),
    setMode: (path, mode) => fs.chmodSync(absolute(path), mode),
    sync: (paths) => syncAll(paths.map(absolute)),
  }
}

function factsOf(path: string, look: typeof fs.lstatSync | typeof fs.statSync): FileFacts | undefined {
  const stat = look(path, { throwIfNoEntry: false })
  return (
    stat && {
      size: stat.size,
      inode: stat.ino,
      changed: stat.mtimeMs,
      mode: stat.mode & 0o777,
      isFolder: stat.isDirectory(),
    }
  )
}

function namesIn(path: string): readonly string[] {
  try {
    return fs.readdirSync(path)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function readPart(path: string, offset: number, length: number): Buffer {
  const descriptor = fs.openSync(path, 'r')
  try {
    // what is not filled is cut off
    const bytes = Buffer.allocUnsafe(length)
    const read = fs.readSync(descriptor, bytes, 0, length, offset)
    return bytes.subarray(0, read)
  } finally {
    fs.closeSync(descriptor)
  }
}

function writeAt(path: string, offset: number, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const descriptor = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600)
  try {
    for (let done = 0; done < bytes.length;)
      done += fs.writeSync(descriptor, bytes, done, bytes.length - done, offset + done)
    // cutting a file to the length that it has waits for the disk all the same
    const end = offset + bytes.length
    if (fs.fstatSync(descriptor).size > end) fs.ftruncateSync(descriptor, end)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Files that are open at once: a system may allow a process no more than a thousand. */
const AT_ONCE = 128

async function syncAll(paths: readonly string[]): Promise<void> {
  for (let at = 0; at < paths.length; at += AT_ONCE) await syncSome(paths.slice(at, at + AT_ONCE))
}

/** Only the flushing itself waits beside others: opening and closing in the background would cost more than they take. */
async function syncSome(paths: readonly string[]): Promise<void> {
  const opened: Opened[] = []
  try {
    for (const path of paths) {
      const one = openForSync(path)
      if (one) opened.push(one)
    }
    // no descriptor is closed while a flush still uses it
    const done = await Promise.allSettled(opened.map(flush))
    for (const one of done) if (one.status === 'rejected') throw one.reason
  } finally {
    for (const { descriptor } of opened) fs.closeSync(descriptor)
  }
}

interface Opened {
  readonly descriptor: number
  readonly isFolder: boolean
}

function openForSync(path: string): Opened | undefined {
  try {
    return { descriptor: fs.openSync(path, 'r+'), isFolder: false }
  } catch (error) {
    if (!fs.statSync(path).isDirectory()) throw error
  }
  try {
    return { descriptor: fs.openSync(path, 'r'), isFolder: true }
  } catch (error) {
    if (isUnsyncable(error)) return undefined
    throw error
  }
}

const flush = ({ descriptor, isFolder }: Opened): Promise<void> =>
  new Promise((resolve, reject) => {
    fs.fsync(descriptor, (error) => {
      if (error && !(isFolder && isUnsyncable(error))) reject(error)
      else resolve()
    })
  })

/** Windows has no flush of a folder, and some network file systems refuse it. */
const isUnsyncable = (error: unknown): boolean =>
  ['EPERM', 'EISDIR', 'EINVAL', 'EACCES', 'ENOTSUP'].includes(codeOf(error) ?? '')
