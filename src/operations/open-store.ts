import type { Ambient } from '../base/ambient.ts'
import type { Store } from '../store/store.ts'

/** What the settings say about places; the command reads the settings file and hands this in. */
export interface StoreSettings {
  /** Configured stores by name. */
  readonly stores: Readonly<Record<string, { readonly path: string }>>
  /** Name of the configured store that is used when none is asked for (`certman store use`). */
  readonly defaultStore?: string
}

/** Where to look for a store, and with what. */
export interface OpenRequest {
  /** `--store`: a path (has a separator, or is `.` or `..`), a configured name, or undefined for the default. */
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
}

/** A place that a reference names. */
export interface StoreLocation {
  readonly how: 'path' | 'name' | 'default'
  /** Absolute. */
  readonly path: string
  readonly name: string
}

/**
 * The folder of certman's own data: `$XDG_DATA_HOME/certman`, else `~/.local/share/certman`;
 * `~/Library/Application Support/certman` on macOS, `%LOCALAPPDATA%\certman` on Windows.
 */
export function dataFolder(_world: {
  readonly env: Ambient['env']
  readonly platform: string
  readonly home: string
}): string {
  throw new TypeError('not built yet')
}

/**
 * The place that `request.reference` names; nothing is opened.
 *
 * @throws {CertmanError} `store.not-found` for a name that no setting knows
 */
export function locateStore(
  _request: Pick<OpenRequest, 'reference' | 'settings' | 'cwd' | 'dataFolder'>,
): StoreLocation {
  throw new TypeError('not built yet')
}

/**
 * Opens a store. The default store is made on the first write (with a notice); until then it answers like
 * an empty one.
 *
 * @throws {CertmanError} `store.not-found`, `store.invalid`, `store.newer-format`
 */
export function openStore(_request: OpenRequest): Promise<Store> {
  throw new TypeError('not built yet')
}
