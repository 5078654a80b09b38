import fs from 'node:fs'
import { codeOf, isMissing, removeFile, type Files } from './files.ts'
import type { Lock, LockHolder } from './lock.ts'
import { LOCK_HOLDER } from './paths.ts'

/** The number of this process, told to those who wait for its lock. */
export const ownPid = (): number => process.pid

/**
 * The lock where no SQLite can be loaded: a file that only one process can create. A holder that died is found by
 * its process number; on another host it cannot be, and the message names the file to remove.
 */
export function fileLock(files: Files, holder: LockHolder): Lock | undefined {
  const path = files.absolute(LOCK_HOLDER)
  if (!create(path, holder)) {
    const abandoned = readAbandoned(path, holder.host)
    if (abandoned === undefined || !moveAside(path, { aside: `${path}.${holder.pid}`, abandoned }))
      return undefined
    if (!create(path, holder)) return undefined
  }
  return { release: () => removeFile(path) }
}

function create(path: string, holder: LockHolder): boolean {
  try {
    fs.writeFileSync(path, `${JSON.stringify(holder)}\n`, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Takes an abandoned lock away. Of several processes that found it abandoned one succeeds, the others wait on. */
function moveAside(path: string, { aside, abandoned }: { aside: string; abandoned: string }): boolean {
  try {
    fs.renameSync(path, aside)
    const isOurs = fs.readFileSync(aside, 'utf8') === abandoned
    // somebody was quicker and this is his lock, which is very much in use: it goes back
    if (!isOurs) fs.linkSync(aside, path)
    removeFile(aside)
    return isOurs
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** The text of the lock when its holder has died. */
function readAbandoned(path: string, host: string): string | undefined {
  try {
    const text = fs.readFileSync(path, 'utf8')
    const holder = JSON.parse(text) as LockHolder
    return holder.host === host && !isAlive(holder.pid) ? text : undefined
  } catch {
    return undefined // just being written, or just gone
  }
}

function isAlive(pid: number): boolean {
  try {
    // signal 0 asks whether the process exists; Node offers it under `process` only
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
