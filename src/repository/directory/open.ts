import { toHex } from '../../base/bytes.ts'
import { CertmanError } from '../../base/errors.ts'
import type { Repository } from '../repository.ts'
import { logEnd, logLine, nextLogEnd } from './change-log.ts'
import { DirectoryRepository } from './directory-repository.ts'
import { asStoreError, realFiles, type Files } from './files.ts'
import { newHead, writeHead } from './head.ts'
import { IndexKeeper } from './index-keeper.ts'
import { acquireLock } from './lock.ts'
import type { InitOptions, OpenOptions } from './options.ts'
import { HEAD, INDEX, JOURNAL, LOCK, LOCK_HOLDER, LOGS, preparedPath } from './paths.ts'

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

// what an init that was interrupted may have left
const UNFINISHED = new Set<string>([LOGS, JOURNAL, LOCK, LOCK_HOLDER, INDEX, preparedPath(HEAD)])

/**
 * Makes a store in a new or empty folder. `store.json` comes last: without it there is no store.
 *
 * @throws {CertmanError} `store.exists` when there is one, or when the folder holds something else
 */
export async function initDirectory(path: string, options: InitOptions): Promise<Repository> {
  const files = (options.files ?? realFiles)(path)
  try {
    refuseForeign(files)
    files.makeFolder('')
    files.setMode('', 0o700)
    const keeper = new IndexKeeper(files, options)
    const lock = await acquireLock(files, keeper.lockRequest())
    try {
      await makeStore(files, options)
      keeper.rebuild()
    } finally {
      keeper.close()
      lock.release()
    }
  } catch (error) {
    throw asStoreError(error, path)
  }
  return openDirectory(path, options)
}

function refuseForeign(files: Files): void {
  const root = files.absolute('')
  const facts = files.facts('')
  if (facts && !facts.isFolder && !isFolderLink(files))
    throw new CertmanError('store.exists', `${root} is a file`)
  if (files.facts(HEAD)) throw new CertmanError('store.exists', `there is a store at ${root} already`)
  const foreign = files.names('').filter((name) => !UNFINISHED.has(name))
  if (foreign.length > 0)
    throw new CertmanError('store.exists', `${root} is not empty: it holds ${JSON.stringify(foreign[0])}`)
}

/** A link to a folder will do; `facts` does not follow links. */
const isFolderLink = (files: Files): boolean => {
  try {
    files.names('')
    return true
  } catch {
    return false
  }
}

async function makeStore(files: Files, { name, claims, ambient }: InitOptions): Promise<void> {
  // another process may have made it while this one waited
  if (files.facts(HEAD))
    throw new CertmanError('store.exists', `there is a store at ${files.absolute('')} already`)
  const time = ambient.now().toISOString()
  const head = newHead({ id: toHex(ambient.random(16)), name, claims, createdAt: time })
  const log = nextLogEnd(logEnd(files), time)
  files.makeFolder(LOGS)
  files.writeAt(log.path, 0, logLine({ time, actor: ambient.actor }, { action: 'init', detail: { name } }))
  files.writeAt(JOURNAL, 0, '')
  files.write(preparedPath(HEAD), writeHead(head))
  await files.sync([log.path, LOGS, JOURNAL, preparedPath(HEAD)])
  files.rename(preparedPath(HEAD), HEAD)
  await files.sync([''])
}
