import { closeSync, fchownSync, fstatSync, fsyncSync, readFileSync } from 'node:fs'
import { renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CertmanError } from '../base/errors.ts'
import { realFiles } from '../repository/directory/files.ts'
import { whyNotWritable } from '../repository/folders.ts'
import { parseJson } from './json.ts'
import { discard, openDraft } from './open-draft.ts'
import { settingsFile, type SettingsWorld } from './places.ts'
import { checkUserList } from './check-users.ts'
import { emptyUserList, type UserBook, type UserList } from './user-records.ts'

/** How to reach the users file, and the world as far as it needs it. */
export interface UserFileSetup {
  /** Absolute path. */
  readonly file: string
  readonly random: (length: number) => Uint8Array
  readonly now: () => Date
  readonly pause: (milliseconds: number) => Promise<void>
  /** As `process.platform` says. */
  readonly platform: string
  /** Takes a warning. */
  readonly warn: (line: string) => void
}

/** `users.json` beside the user's settings. */
export const usersFile = (world: SettingsWorld): string => join(dirname(settingsFile(world)), 'users.json')

/**
 * The users file: read again when it changed, so that `serve user add` works on a running server; written whole or
 * not at all, mode 0600.
 */
export function userFile(setup: UserFileSetup): UserBook {
  let known: { readonly stamp: string; readonly list: UserList } | undefined
  const read = (): UserList => {
    const stamp = stampOf(setup.file)
    if (known && known.stamp === stamp) return known.list
    const list = stamp === undefined ? emptyUserList(setup.random(16)) : readList(setup)
    // without a file the key of this moment is kept until there is one
    known = { stamp: stamp ?? '', list }
    return list
  }
  return {
    read: () => (known?.stamp === '' && stampOf(setup.file) === undefined ? known.list : read()),
    async change(change) {
      const { draft, descriptor } = await openDraft({ ...setup, ending: '.new' }).catch((error: unknown) => {
        throw isSystemError(error) ? notWritable(setup.file, error) : error
      })
      let result
      try {
        const [next, made] = change(read())
        writeDraft(descriptor, checkUserList(next, setup.file))
        keepOwner(descriptor, setup.file)
        renameSync(draft, setup.file)
        result = made
      } catch (error) {
        discard(draft)
        throw isSystemError(error) ? notWritable(setup.file, error) : error
      } finally {
        closeSync(descriptor)
      }
      await flushFolder(setup)
      return result
    },
  }
}

function stampOf(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stat && `${stat.ino} ${stat.size} ${stat.mtimeNs}`
}

function readList({ file, platform, warn }: UserFileSetup): UserList {
  let text: string
  try {
    if (platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
      warn(`the users file ${file} can be read by others; chmod 600 it`)
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    throw new CertmanError('settings.invalid', `${file}: cannot be read: ${why}`, { cause })
  }
  return checkUserList(parseJson(text, file), file)
}

function writeDraft(descriptor: number, list: UserList): void {
  writeFileSync(descriptor, `${JSON.stringify(list, undefined, 2)}\n`)
  fsyncSync(descriptor)
}

/** A list that root changes is still read by the server that runs as its owner. */
function keepOwner(descriptor: number, file: string): void {
  const before = statSync(file, { throwIfNoEntry: false })
  if (!before || before.uid === fstatSync(descriptor).uid) return
  try {
    fchownSync(descriptor, before.uid, before.gid)
  } catch {
    // only root may give
  }
}

/** A name is as durable as its folder. What everybody reads by now is not taken back. */
async function flushFolder({ file, warn }: UserFileSetup): Promise<void> {
  try {
    await realFiles(dirname(file)).sync([''])
  } catch (error) {
    warn(
      `the users file ${file} was changed, but a power cut may undo that: its folder was not flushed: ${whyNotWritable(error)}`,
    )
  }
}

const isSystemError = (error: unknown): boolean =>
  !(error instanceof CertmanError) && (error as NodeJS.ErrnoException).code !== undefined

const notWritable = (file: string, cause: unknown): CertmanError =>
  new CertmanError('file.not-writable', `cannot write the users file ${file}: ${whyNotWritable(cause)}`, {
    cause,
  })
