import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** SHA-256 over every name, mode and byte below a folder, those of the index and its journals as well. */
function digestOf(folder: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const path = join(folder, name)
    const stat = lstatSync(path)
    hash.update(`${name}\0${stat.mode}\0${stat.size}\0`)
    if (stat.isFile()) hash.update(readFileSync(path))
  }
  return hash.digest('hex')
}

/**
 * Judges each state of a disk once: many faults leave the same bytes behind, and the same bytes deserve the same judgement.
 *
 * @param judge throws when the folder is not as the terms say; it may change the folder
 * @returns the same judgement, left out where the same bytes were found good under the same terms
 */
export function judgeOnce<T extends string>(
  judge: (folder: string, terms: readonly T[]) => Promise<void>,
): typeof judge {
  const good = new Set<string>()
  return async (folder, terms) => {
    const state = `${terms.join()} ${digestOf(folder)}`
    if (good.has(state)) return
    await judge(folder, terms)
    good.add(state)
  }
}
