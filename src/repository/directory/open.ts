import type { Repository } from '../repository.ts'
import { DirectoryRepository } from './directory-repository.ts'
import { asStoreError, realFiles } from './files.ts'
import type { OpenOptions } from './options.ts'
import { HEAD } from './paths.ts'

/**
 * Opens the store in `path`. What a killed writer left behind is finished or undone first.
 *
 * @throws {CertmanError} `store.not-found`, `store.invalid`, `store.newer-format`
 */
export async function openDirectory(path: string, options: OpenOptions): Promise<Repository> {
  const files = (options.files ?? realFiles)(path)
  try {
    return await new DirectoryRepository(files, options).open()
  } catch (error) {
    throw asStoreError(error, path)
  }
}

/** Whether there is a store in `path`: a folder with a `store.json`. */
export const isStoreDirectory = (path: string): boolean => realFiles(path).facts(HEAD) !== undefined
