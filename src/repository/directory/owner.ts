import fs from 'node:fs'
import { dirname } from 'node:path'
import { makeFolders } from '../folders.ts'

/**
 * Whom new files and folders of a store belong to: the owner of its folder, also where root makes them, as SQLite does with
 * its own. He, and a server that runs as him, could not read them else.
 */
export class Owner {
  readonly #root: string
  /** This process is the owner, or may give nothing away. */
  #isDone = false

  constructor(root: string) {
    this.#root = root
  }

  /** Makes an empty file for the owner if there is none; then it is written like any other. */
  makeFile(path: string): void {
    if (this.#isDone) return
    let descriptor: number
    try {
      // nobody's link is followed: what is given away is what was made here
      descriptor = fs.openSync(path, 'wx', 0o600)
    } catch {
      return // it is there; or whoever writes it hears why it cannot be
    }
    this.#give(descriptor)
  }

  /** Makes a folder (0700) and those above it. @returns the topmost one that was new */
  makeFolders(path: string): string | undefined {
    const topmost = makeFolders(path, 0o700)
    if (topmost === undefined) return undefined
    for (let at = path; !this.#isDone && at.length >= topmost.length; at = dirname(at)) this.#giveFolder(at)
    return topmost
  }

  #giveFolder(path: string): void {
    const { O_DIRECTORY, O_NOFOLLOW } = fs.constants
    try {
      this.#give(fs.openSync(path, O_DIRECTORY | O_NOFOLLOW))
    } catch {
      this.#isDone = true // Windows opens no folders
    }
  }

  #give(descriptor: number): void {
    try {
      const { uid, gid } = fs.statSync(this.#root)
      this.#isDone = fs.fstatSync(descriptor).uid === uid
      if (!this.#isDone) fs.fchownSync(descriptor, uid, gid)
    } catch {
      this.#isDone = true // only root may give
    } finally {
      fs.closeSync(descriptor)
    }
  }
}
