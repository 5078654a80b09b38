import { basename, join } from 'node:path'
import type { Ambient } from '../base/ambient.ts'
import { CertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import { CLAIMS } from '../domain/records.ts'
import type { Describe, Repository } from '../repository/repository.ts'
import { localStore } from '../store/local-store.ts'
import { folderOf } from '../settings/places.ts'
import { isRemotePlace, type RemotePlace, type StorePlace } from '../settings/remote-place.ts'
import type { Store } from '../store/store.ts'
import { lazyRepository } from './lazy-repository.ts'
import type { RemoteWorld } from './open-remote.ts'

/** What the settings say about places; the command reads the settings file and hands this in. */
export interface StoreSettings {
  /** Configured stores by name. */
  readonly stores: Readonly<Record<string, StorePlace>>
  /** Name of the configured store that is used when none is asked for (`certman store use`). */
  readonly defaultStore?: string
}

/** Where to look for a store, and with what. */
export interface OpenRequest {
  /** `--store`: a path, a configured name, a store's folder in `cwd` (see `folderOf`); undefined: the default. */
  readonly reference: string | undefined
  readonly settings: StoreSettings
  readonly ambient: Ambient
  /** Relative paths start here. */
  readonly cwd: string
  /** Folder of certman's own data: `dataFolder(…)`; the default store is `<dataFolder>/store`. */
  readonly dataFolder: string
  readonly lockTimeoutMs: number
  /** The verb, for the lock and the change log. */
  readonly command: string
  /** Takes one line of talk: the default store was made, an index was rebuilt. */
  readonly notice: (line: string) => void
  /** What remote stores need; without it their secrets come from the settings alone. */
  readonly remote?: RemoteWorld
}

/** A place that a reference names. */
export interface StoreLocation {
  readonly how: 'path' | 'name' | 'default'
  /** Absolute; the URL of a server. */
  readonly path: string
  readonly name: string
  /** A configured server. */
  readonly remote?: RemotePlace
}

/**
 * The folder of certman's own data: `$XDG_DATA_HOME/certman`, else `~/.local/share/certman`;
 * `~/Library/Application Support/certman` on macOS, `%LOCALAPPDATA%\certman` on Windows.
 */
export function dataFolder(world: {
  readonly env: Ambient['env']
  readonly platform: string
  readonly home: string
}): string {
  const { env, platform, home } = world
  const folder = env['XDG_DATA_HOME'] || undefined
  if (folder !== undefined) return join(folder, 'certman')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'certman')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'certman')
  return join(home, '.local', 'share', 'certman')
}

/**
 * The place that `request.reference` names; nothing is opened. Without a reference it is the store that the settings
 * choose, else the default store.
 *
 * @throws {CertmanError} `store.not-found` for a word that is no path, no configured name and no store's folder
 */
export function locateStore(
  request: Pick<OpenRequest, 'reference' | 'settings' | 'cwd' | 'dataFolder'>,
): StoreLocation {
  const { reference, settings, cwd } = request
  const path = reference === undefined ? undefined : folderOf(reference, cwd, settings.stores)
  if (path !== undefined) return { how: 'path', path, name: basename(path) }
  const name = reference ?? settings.defaultStore
  if (name === undefined) return { how: 'default', path: join(request.dataFolder, 'store'), name: 'default' }
  const configured = Object.hasOwn(settings.stores, name) ? settings.stores[name] : undefined
  if (configured && isRemotePlace(configured))
    return { how: 'name', path: configured.url, name, remote: configured }
  if (configured) return { how: 'name', path: configured.path, name }
  const known = Object.keys(settings.stores)
  throw new CertmanError('store.not-found', `no store is called ${JSON.stringify(name)}`, {
    hint:
      known.length > 0
        ? `configured are: ${known.join(', ')}; a store is made in a folder with: ${commandOn('store init', `./${name}`)}`
        : `a store is made in a folder with: ${commandOn('store init', `./${name}`)}`,
  })
}

/**
 * Opens a store. The default store is made on the first write (with a notice); until then it answers like
 * an empty one.
 *
 * @throws {CertmanError} `store.not-found`, `store.invalid`, `store.newer-format`; what `openRemote` throws
 */
export async function openStore(request: OpenRequest): Promise<Store> {
  const location = locateStore(request)
  const { remote: place, name } = location
  // nothing of HTTP or the vendors is loaded for a directory
  if (place) return (await import('./open-remote.ts')).openRemote({ name, place }, request)
  const { ambient } = request
  const repository = await openRepository(request, location)
  return localStore(repository, { ambient, kind: 'directory', location: location.path })
}

/**
 * The repository of a place; for what only a directory can do: check, reindex.
 *
 * @throws {CertmanError} `store.not-found`, `store.invalid`, `store.newer-format`; `store.unsupported` for a server
 */
export async function openRepository(request: OpenRequest, location: StoreLocation): Promise<Repository> {
  if (location.remote)
    throw new CertmanError(
      'store.unsupported',
      `${request.command} is for directory stores; ${JSON.stringify(location.name)} is the server ${location.path}`,
      { hint: `see whether it answers: ${commandOn('store show', location.name)}` },
    )
  const { openDirectory, isStoreDirectory } = await import('../repository/directory/open.ts')
  const { ambient, lockTimeoutMs, command, notice } = request
  const { path, how, name } = location
  const options = { loadDescribe, ambient, lockTimeoutMs, command, onNotice: notice }
  const open = (): Promise<Repository> => openDirectory(path, options)
  if (how !== 'default' || isStoreDirectory(path)) return open()
  const make = async (): Promise<Repository> => {
    const { initDirectory } = await import('../repository/directory/init.ts')
    const made = await initDirectory(path, { ...options, name, claims: CLAIMS })
    notice(`made the default store in ${path}`)
    return made
  }
  const openExisting = async (): Promise<Repository | undefined> =>
    isStoreDirectory(path) ? open() : undefined
  return lazyRepository({ name, ambient, openExisting, make })
}

/** The X.509 reader: listing a store whose index is fresh starts without it. */
export const loadDescribe = async (): Promise<Describe> =>
  (await import('../store/describe.ts')).describeRecord
