import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { CertmanError } from '../base/errors.ts'
import { isObject, parseJson } from './json.ts'
import { folderOf, projectFiles } from './places.ts'
import { isRemotePlace, readPlace, type StorePlace } from './remote-place.ts'

/** Defaults of the global flags that a settings file may give. */
export interface Defaults {
  readonly output?: string
  readonly color?: boolean
  /** As typed: `30s`. */
  readonly lockTimeout?: string
}

/** The user's settings file. */
export interface Settings extends Defaults {
  /** Stores by name; paths are absolute. */
  readonly stores: Readonly<Record<string, StorePlace>>
  readonly defaultStore?: string
}

/** A project's `.certman.json`. It can choose a store and forms, nothing that reads secrets or runs programs. */
export interface ProjectSettings extends Defaults {
  /** A configured name, or a path made absolute from the file's own folder. */
  readonly store?: string
  readonly file: string
}

type Fields = Readonly<Record<string, unknown>>

const invalid = (file: string, what: string): CertmanError =>
  new CertmanError('settings.invalid', `${file}: ${what}`)

/** The text of a file, or undefined when there is none. */
function readText(file: string): string | undefined {
  try {
    // most of them are not there, and an error takes Node ten times as long as a look
    return statSync(file, { throwIfNoEntry: false }) && readFileSync(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    // ENOTDIR: something above the file is no folder; then the file does not exist either
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const why = code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'no permission' : String(code)
    throw new CertmanError('settings.invalid', `${file}: cannot be read: ${why}`, { cause })
  }
}

function parseObject(file: string, text: string): Fields {
  const value = parseJson(text, file)
  if (isObject(value)) return value
  throw invalid(file, 'the settings must be a JSON object')
}

const TYPES: Readonly<Record<string, 'string' | 'boolean'>> = {
  output: 'string',
  color: 'boolean',
  lockTimeout: 'string',
  defaultStore: 'string',
  store: 'string',
}

/** Refuses fields that do not exist and values of the wrong type: a typing error must not pass in silence. */
function checkFields(file: string, fields: Fields, known: readonly string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!known.includes(name)) throw invalid(file, `there is no setting ${JSON.stringify(name)}`)
    const type = TYPES[name]
    if (type !== undefined && typeof value !== type)
      throw invalid(file, `the setting ${JSON.stringify(name)} must be a ${type}`)
  }
}

function readStores(file: string, value: unknown): Settings['stores'] {
  if (value === undefined) return {}
  if (!isObject(value)) throw invalid(file, 'the setting "stores" must be an object')
  return Object.fromEntries(
    Object.entries(value).map(([name, store]) => [name, readPlace(file, name, store)]),
  )
}

/**
 * Reads the user's settings; a missing file is an empty one.
 *
 * @param file absolute path
 * @param must whether the person named the file, so that it has to exist
 * @throws {CertmanError} `settings.invalid` naming the file and the line or the setting; `file.not-found`
 */
export function readSettings(file: string, must = false): Settings {
  const text = readText(file)
  if (text === undefined) {
    if (must)
      throw new CertmanError('file.not-found', `there is no settings file ${file}`, {
        hint: 'check the path; to begin with, an empty file will do',
      })
    return { stores: {} }
  }
  if (text.trim() === '') return { stores: {} }
  const fields = parseObject(file, text)
  checkFields(file, fields, ['stores', 'defaultStore', 'output', 'color', 'lockTimeout'])
  return { ...fields, stores: readStores(file, fields['stores']) } as Settings
}

/** Whether a settings file holds a secret (`--save-secret`) and others than its owner may read it. */
export const isExposed = (file: string, { stores }: Settings, platform: string): boolean =>
  // Windows has no such mode bits
  platform !== 'win32' &&
  Object.values(stores).some((place) => isRemotePlace(place) && place.secret?.from === 'saved') &&
  (statSync(file).mode & 0o077) !== 0

/**
 * The nearest `.certman.json` in `folder` or above it.
 *
 * @param configured the user's stores: their names come before folders
 * @throws {CertmanError} `settings.invalid`
 */
export function readProject(
  folder: string,
  configured: Settings['stores'] = {},
): ProjectSettings | undefined {
  for (const file of projectFiles(folder)) {
    const text = readText(file)
    if (text === undefined) continue
    const fields = parseObject(file, text)
    checkFields(file, fields, ['store', 'output', 'color', 'lockTimeout'])
    const store = fields['store'] as string | undefined
    const path = store === undefined ? undefined : folderOf(store, dirname(file), configured)
    return { ...fields, file, ...(path !== undefined && { store: path }) } as ProjectSettings
  }
  return undefined
}
