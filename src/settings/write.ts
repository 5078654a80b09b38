import { closeSync } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import type ConfClass from 'conf'
import { CertmanError } from '../base/errors.ts'
import { whyNotWritable } from '../repository/folders.ts'
import type { StorePlace } from './remote-place.ts'
import { discard, openDraft, type DraftSetup } from './open-draft.ts'
import { readSettings, type Settings } from './read.ts'

/** A change of the user's settings; what is `undefined` stays as it is, `null` removes. */
export interface SettingsChange {
  readonly stores?: Readonly<Record<string, StorePlace | null>>
  readonly defaultStore?: string | null
}

/** The settings with a change applied. */
function applyChange(settings: Settings, change: SettingsChange): Settings {
  const stores: Record<string, StorePlace> = { ...settings.stores }
  for (const [name, store] of Object.entries(change.stores ?? {}))
    if (store === null) delete stores[name]
    else stores[name] = store
  const { defaultStore: before, ...others } = settings
  const defaultStore = change.defaultStore === undefined ? before : (change.defaultStore ?? undefined)
  return { ...others, stores, ...(defaultStore === undefined ? {} : { defaultStore }) }
}

/**
 * Changes the user's settings file: whole or not at all, mode 0600, one command after another. conf does it and is
 * loaded only here; a file that cannot be read as settings is never overwritten.
 *
 * @throws {CertmanError} `settings.invalid` when the present file is no good; `file.not-writable`; `store.locked`
 */
export async function changeSettings(
  { file, now }: Pick<DraftSetup, 'file' | 'now'>,
  change: SettingsChange,
): Promise<Settings> {
  const { default: Conf } = await import('conf')
  const refuse = (cause: unknown): never => {
    if (cause instanceof CertmanError) throw cause
    const what = `cannot write the settings file ${file}: ${whyNotWritable(cause)}`
    throw new CertmanError('file.not-writable', what, { cause })
  }
  const { draft, descriptor } = await openDraft({ file, ending: '.lock', now }).catch(refuse)
  try {
    // what another command wrote meanwhile is kept
    const settings = applyChange(readSettings(file), change)
    writeSettings(Conf, file, settings)
    return settings
  } catch (cause) {
    return refuse(cause)
  } finally {
    closeSync(descriptor)
    discard(draft)
  }
}

function writeSettings(Conf: typeof ConfClass, file: string, settings: Settings): void {
  const extension = extname(file)
  const conf = new Conf<Record<string, unknown>>({
    cwd: dirname(file),
    configName: basename(file, extension),
    fileExtension: extension.slice(1),
    projectName: 'certman',
    configFileMode: 0o600,
    // an empty file is fine; what else is no JSON has been refused above
    clearInvalidConfig: true,
    accessPropertiesByDotNotation: false,
    serialize: (value) => `${JSON.stringify(value, null, 2)}\n`,
  })
  conf.store = { ...settings }
}
