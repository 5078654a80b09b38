import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Derived files that reading may mend, and the lock, which says only who holds it. */
const NOT_TRUTH = /(?:^|\/)(?:index\.sqlite(?:-wal|-shm|-journal)?|lock\.(?:sqlite|json)|home)$/

/** Path → mode and SHA-256 of every file and folder below `folder`, index and locks aside. */
export function treeDigest(folder: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  const visit = (path: string): void => {
    for (const name of namesIn(path)) {
      const child = join(path, name)
      const key = relative(folder, child)
      if (NOT_TRUTH.test(key)) continue
      const stat = lstatSync(child)
      const mode = (stat.mode & 0o777).toString(8)
      if (stat.isDirectory()) {
        found[`${key}/`] = mode
        visit(child)
      } else found[key] = `${mode} ${stat.size > 50_000_000 ? stat.mtimeMs : sha256(child)}`
    }
  }
  visit(folder)
  return found
}

/** A folder that may not be read counts as empty: who may not read it cannot change it either. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function sha256(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex')
  } catch (error) {
    // a file that may not be read cannot be written either
    return String((error as NodeJS.ErrnoException).code)
  }
}

/** Paths that differ between two digests. */
export function differences(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (path) => before[path] !== after[path],
  )
}
