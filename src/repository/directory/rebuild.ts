import { isCertmanError } from '../../base/errors.ts'
import type { IndexWriting } from '../record-index.ts'
import type { Describe } from '../repository.ts'
import type { Files } from './files.ts'
import { scanStore, understand, type ScanProblem } from './scan.ts'

/** What a rebuild took in, and what it could not. */
export interface Rebuilt {
  readonly records: number
  readonly problems: readonly (Pick<ScanProblem, 'path' | 'why'> & Partial<ScanProblem>)[]
}

/** Fills the index from the files: loose files win over the trash, which wins over segments; later copies over earlier. */
export function rebuildIndex(files: Files, index: IndexWriting, describe: Describe): Rebuilt {
  const problems: Rebuilt['problems'][number][] = []
  let records = 0
  index.clear()
  for (const found of scanStore(files, { problem: (problem) => problems.push(problem) })) {
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
