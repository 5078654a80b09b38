import { isCertmanError } from '../../base/errors.ts'
import type { IndexWriting } from '../record-index.ts'
import type { Describe } from '../repository.ts'
import type { Files } from './files.ts'
import type { StorePath } from './paths.ts'
import { scanStore, understand, type ScanProblem } from './scan.ts'

/** What a rebuild took in, and what it could not. */
export interface Rebuilt {
  readonly records: number
  readonly problems: readonly (Omit<ScanProblem, 'what'> & Partial<ScanProblem>)[]
}

/** Where the records are, how they are described, and who is told of a folder that may not be read (else it is an error). */
export interface RebuildPlace {
  readonly files: Files
  readonly describe: Describe
  readonly closed?: (folder: StorePath) => void
}

/** Fills the index from the files: loose files win over the trash, which wins over segments; later copies over earlier. */
export function rebuildIndex({ files, describe, closed }: RebuildPlace, index: IndexWriting): Rebuilt {
  const problems: Rebuilt['problems'][number][] = []
  let records = 0
  index.clear()
  const watcher = { problem: (problem: ScanProblem) => problems.push(problem), ...(closed && { closed }) }
  for (const found of scanStore(files, watcher)) {
    try {
      const { entry, trashed } = understand(found, describe, files.absolute(found.path))
      if (trashed) {
        index.remove(found.kind, found.id)
        index.addTrash(trashed)
      } else {
        index.upsert(entry)
      }
      records++
    } catch (error) {
      if (!isCertmanError(error)) throw error
      problems.push({ path: found.path, kind: found.kind, why: error.message })
    }
  }
  return { records, problems }
}
