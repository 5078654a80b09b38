import { toHex } from '../../base/bytes.ts'
import { CertmanError, isCertmanError } from '../../base/errors.ts'
import type { Repository } from '../repository.ts'
import { logEnd, logLine, nextLogEnd } from './change-log.ts'
import { asStoreError, realFiles, type Files } from './files.ts'
import { newHead, writeHead } from './head.ts'
import { IndexKeeper } from './index-keeper.ts'
import { acquireLock } from './lock.ts'
import { openDirectory } from './open.ts'
import type { InitOptions } from './options.ts'
import {
  HEAD,
  INDEX,
  JOURNAL,
  LOCK,
  LOCK_HOLDER,
  LOCK_WANTED,
  LOGS,
  preparedPath,
  withCompanions,
} from './paths.ts'

// what an init that was interrupted may have left
const UNFINISHED = new Set<string>([LOGS, JOURNAL, LOCK, LOCK_HOLDER, LOCK_WANTED, INDEX, preparedPath(HEAD)])

/**
 * Makes a store in a new or empty folder. `store.json` comes last: without it there is no store. What cannot be made
 * whole is taken away again.
 *
 * @throws {CertmanError} `store.exists` when there is one, or when the folder holds something else
 */
export async function initDirectory(path: string, options: InitOptions): Promise<Repository> {
  const files = (options.files ?? realFiles)(path)
  try {
    refuseForeign(files)
    const isNewFolder = files.makeFolder('')
    files.setMode('', 0o700)
    await makeOrTakeAway(files, { ...options, isNewFolder })
  } catch (error) {
    throw asStoreError(error, path)
  }
  return openDirectory(path, options)
}

async function makeOrTakeAway(
  files: Files,
  options: InitOptions & { readonly isNewFolder: boolean },
): Promise<void> {
  const keeper = new IndexKeeper(files, options)
  const lock = await acquireLock(files, keeper.lockRequest()).catch((error: unknown) => {
    // nobody can have made a store in a folder without a lock file; a lock that is held is somebody else's
    if (options.isNewFolder && !isCertmanError(error, 'store.locked')) takeAway(files, true)
    throw error
  })
  try {
    await makeStore(files, options)
    await keeper.rebuild()
  } catch (error) {
    keeper.close()
    if (!isCertmanError(error, 'store.exists')) takeAway(files, options.isNewFolder)
    throw error
  } finally {
    lock.release()
    keeper.end()
  }
}

/** Takes away what this process began to make; that needs no room. `store.json` goes first: then there is no store. */
function takeAway(files: Files, isNewFolder: boolean): void {
  const logs = files.names(LOGS).map((name) => `${LOGS}/${name}`)
  const indexes = [INDEX, preparedPath(INDEX)].flatMap(withCompanions)
  const tries = [HEAD, preparedPath(HEAD), ...indexes, ...logs, JOURNAL, LOCK_WANTED, LOCK_HOLDER, LOCK].map(
    (path) => () => files.remove(path),
  )
  const folders = [LOGS, ...(isNewFolder ? [''] : [])].map((path) => () => files.removeFolder(path))
  for (const remove of [...tries, ...folders])
    try {
      remove()
    } catch {
      // the refusal that led here is told; the rest of an init does not hinder the next one
    }
}

function refuseForeign(files: Files): void {
  const root = files.absolute('')
  const facts = files.facts('')
  if (facts && !facts.isFolder) throw new CertmanError('store.exists', `${root} is a file`)
  if (files.facts(HEAD)) throw new CertmanError('store.exists', `there is a store at ${root} already`)
  const foreign = files.names('').filter((name) => !UNFINISHED.has(name))
  if (foreign.length > 0)
    throw new CertmanError('store.exists', `${root} is not empty: it holds ${JSON.stringify(foreign[0])}`)
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
