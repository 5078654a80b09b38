import { resolve } from 'node:path'
import type { Ambient } from './base/ambient.ts'
import type { Secret } from './base/secret.ts'
import { pooledRandom } from './crypto/random.ts'
import { parseReference } from './domain/reference.ts'
import { exportRecords, type ExportRequest } from './operations/export-records.ts'
import { importFiles, type ImportReport, type ImportRequest } from './operations/import-files.ts'
import { initStore } from './operations/init-store.ts'
import { makeRequest as request, type RequestReport, type RequestWish } from './operations/make-request.ts'
import { openRepository } from './operations/open-store.ts'
import { localStore } from './store/local-store.ts'
import type { Store } from './store/store.ts'

/** How to open a directory store. */
export interface OpenOptions {
  /** Make the store when the folder is absent or empty. */
  readonly create?: boolean
  /** Clock, randomness and who acts; default: `systemAmbient()`. */
  readonly ambient?: Ambient
  /** How long a write waits for other writers; default 10 s. */
  readonly lockTimeoutMs?: number
  /** Takes one line of talk, e.g. that the index was rebuilt; default: nobody listens. */
  readonly notice?: (line: string) => void
}

/** What to do with bytes that are imported; see `ImportRequest` for each field. */
export type ImportBytesOptions = Omit<ImportRequest, 'paths' | 'cwd'> & {
  /** For PKCS#12 files and encrypted keys. */
  readonly password?: Secret
  readonly ambient?: Ambient
}

/**
 * The real world: the system's clock and the cryptographic randomness of this process.
 *
 * @param actor who acts, for the change log
 */
export function systemAmbient(actor = 'library'): Ambient {
  return {
    now: () => new Date(),
    random: pooledRandom(),
    env: {},
    actor,
  }
}

/**
 * Opens a directory store.
 *
 * @param folder a relative one starts at the working folder of this process
 * @throws {CertmanError} `store.not-found`, `store.invalid`, `store.newer-format`; `store.exists` when `create` finds
 *   a folder with something else in it
 */
export async function openStore(folder: string, options: OpenOptions = {}): Promise<Store> {
  const path = resolve(folder)
  const {
    ambient = systemAmbient(),
    lockTimeoutMs = 10_000,
    notice = () => undefined,
    create = false,
  } = options
  const { isStoreDirectory } = await import('./repository/directory/open.ts')
  if (create && !isStoreDirectory(path)) await initStore({ path, cwd: path, ambient })
  const request = { ambient, lockTimeoutMs, notice, command: 'library', cwd: path, dataFolder: path }
  const repository = await openRepository(
    { ...request, reference: path, settings: { stores: {} } },
    { how: 'path', path, name: path },
  )
  return localStore(repository, { ambient, kind: 'directory', location: path })
}

/**
 * Takes everything in that one file's bytes hold: PEM, DER, PKCS#7, PKCS#12, Java keystores, keys, requests.
 *
 * @throws {CertmanError} what reading throws: `format.unknown`, `password.required`, …; `name.taken`, `input.empty`
 */
export function importBytes(
  store: Store,
  bytes: Uint8Array,
  options: ImportBytesOptions = {},
): Promise<ImportReport> {
  const { password, ambient = systemAmbient(), ...request } = options
  const dialog = {
    password: ({ attempt }: { attempt: number }) => Promise.resolve(attempt === 1 ? password : undefined),
  }
  const tools = { ambient, readStdin: () => Promise.resolve(bytes) }
  return importFiles(store, { ...request, paths: ['-'], cwd: '/' }, { dialog, tools })
}

/** What to write; see `ExportRequest` for each field. Nothing goes to a file: `exportBytes` gives the bytes. */
export type ExportBytesOptions = Omit<
  ExportRequest,
  'references' | 'out' | 'cwd' | 'separate' | 'force' | 'dryRun'
> & {
  /** Opens private keys that are encrypted in the store. */
  readonly keyPassword?: Secret
  readonly ambient?: Ambient
}

/**
 * The bytes of what `certman export REF…` writes: a PKCS#12 file, a chain as PEM, a key.
 *
 * @param references ids, names, fingerprints, `serial:…`, `keys/…`, as `parseReference` takes them
 * @throws {CertmanError} `record.not-found`, `key.missing`, `key.not-exportable`, `claim.missing`; `password.required`
 *   where a private key would leave without `password` and without `noPassword: true`
 */
export async function exportBytes(
  store: Store,
  references: readonly string[],
  options: ExportBytesOptions,
): Promise<Uint8Array> {
  const { keyPassword, ambient = systemAmbient(), ...wish } = options
  const { stdout } = await exportRecords(
    store,
    { ...wish, references: references.map((text) => parseReference(text)), out: '-', cwd: '/' },
    {
      ambient,
      keyPassword: ({ attempt }) => Promise.resolve(attempt === 1 ? keyPassword : undefined),
      newPassword: () => Promise.resolve(undefined),
    },
  )
  return stdout ?? new Uint8Array(0)
}

/**
 * Makes a key and a request for it, as `certman request` does: both are kept in the store, where the request waits for
 * `Store.sign`. A request that was made elsewhere goes in by `Store.submit`.
 *
 * @throws {CertmanError} `input.invalid` naming the field, `name.taken`, `record.not-found` for `like`
 */
export function makeRequest(
  store: Store,
  wish: RequestWish,
  { ambient = systemAmbient() }: { readonly ambient?: Ambient } = {},
): Promise<RequestReport> {
  return request(store, wish, { ambient })
}
