import { readdir, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Ambient } from '../base/ambient.ts'
import { CertmanError } from '../base/errors.ts'
import { CLAIMS, type Claim } from '../domain/records.ts'
import type { StoreInfo } from '../store/store.ts'
import { loadDescribe } from './open-store.ts'
import { quoted } from './read-sources.ts'

/** A new directory store. */
export interface InitRequest {
  readonly path: string
  readonly cwd: string
  /** Default: the folder's own name. */
  readonly name?: string
  /** Default: all. */
  readonly claims?: readonly Claim[]
  readonly ambient: Ambient
  readonly dryRun?: boolean
}

/**
 * Makes a directory store in a new or empty folder.
 *
 * @throws {CertmanError} `store.exists` when there is one, or when the folder holds something else
 */
export async function initStore(request: InitRequest): Promise<StoreInfo> {
  const { cwd, ambient, claims = CLAIMS, dryRun = false } = request
  const path = resolve(cwd, request.path)
  const name = request.name ?? (basename(path) || 'store')
  if (dryRun) {
    await requireEmpty(path)
    return { kind: 'directory', name, location: path, claims }
  }
  const { initDirectory } = await import('../repository/directory/init.ts')
  const options = { loadDescribe, ambient, lockTimeoutMs: 10_000, command: 'store init' }
  const repository = await initDirectory(path, { ...options, name, claims })
  try {
    const { id } = await repository.head()
    return { kind: 'directory', name, id, location: path, claims }
  } finally {
    await repository.close()
  }
}

/** As much of the refusal as can be known without making anything. */
async function requireEmpty(path: string): Promise<void> {
  const about = await stat(path).catch(() => undefined)
  if (!about) return
  if (!about.isDirectory()) throw new CertmanError('store.exists', `${quoted(path)} is a file`)
  const [first] = await readdir(path)
  if (first !== undefined)
    throw new CertmanError('store.exists', `${quoted(path)} is not empty: it holds ${quoted(first)}`)
}
