import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'something above it is no folder',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  EEXIST: 'a file is in the way',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  EFBIG: 'files may not be so large here',
  EIO: 'the disk or the network did not do it (EIO)',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
}

/** Why the system did not let a file be written, as a clause. */
export function whyNotWritable(cause: unknown): string {
  const { code = '' } = cause as NodeJS.ErrnoException
  return REASONS[code] ?? (code || 'unknown cause')
}

/** Makes a folder. @returns whether it was made; false: it is there */
function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode })
    return true
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false
    throw error
  }
}

/**
 * Makes a folder and what is missing above it, one by one: the recursive `mkdir` of Node 20 calls a read-only file system
 * ENOENT, and never ends where a folder neither exists nor can be made, as below `/proc`.
 *
 * @returns the topmost folder that was made
 * @throws what the system says of the topmost one that cannot be made
 */
export function makeFolders(path: string, mode = 0o777): string | undefined {
  try {
    return makeOne(path, mode) ? path : undefined
  } catch (error) {
    const above = dirname(path)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw error
    const topmost = makeFolders(above, mode)
    return makeOne(path, mode) ? (topmost ?? path) : topmost
  }
}
