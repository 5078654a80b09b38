import { accessSync, constants, cpSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ENOUGH = 256 * 1024 * 1024

/** A folder in memory where the system has one with room: what lies in it for a test needs no disk to wait for. */
function memoryFolder(): string | undefined {
  try {
    accessSync('/dev/shm', constants.W_OK)
    const { bavail, bsize } = statfsSync('/dev/shm')
    return bavail * bsize > ENOUGH ? '/dev/shm' : undefined
  } catch {
    return undefined
  }
}

const made: string[] = []

/** A new folder that goes when the tests of the file are done (see setup.ts). */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(memoryFolder() ?? tmpdir(), `certman-${name}-`))
  made.push(folder)
  return folder
}

/** Copies a folder with all that is in it. Without a filter Node 22 and 24 forget the modes of folders. */
export const copyFolder = (from: string, to: string): void =>
  cpSync(from, to, { recursive: true, filter: () => true })

/** Removes the folders that were made since the last call. */
export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
}
