import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Whether the word for a store can only be a path: it has a separator, or is `.` or `..`. */
export const isPath = (word: string): boolean => /[/\\]/.test(word) || word === '.' || word === '..'

/**
 * Where the word for a store leads when it means a folder: a path, or a bare word that no configured store has for a
 * name and under which a store lies in `folder`. A configured name comes first, whatever lies there.
 *
 * @param configured the configured stores by name
 * @returns an absolute path; undefined: the word can only be a name
 */
export function folderOf(
  word: string,
  folder: string,
  configured: Readonly<Record<string, unknown>>,
): string | undefined {
  if (isPath(word)) return resolve(folder, word)
  if (word === '' || Object.hasOwn(configured, word)) return undefined
  return existsSync(join(folder, word, 'store.json')) ? resolve(folder, word) : undefined
}

/** The parts of the world that decide where settings lie. */
export interface SettingsWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly home: string
}

/**
 * The user's settings file: `$XDG_CONFIG_HOME/certman/settings.json`, else `~/.config/certman/…`;
 * `~/Library/Preferences/certman/…` on macOS, `%APPDATA%\certman\…` on Windows.
 */
export function settingsFile({ env, platform, home }: SettingsWorld): string {
  const folder = env['XDG_CONFIG_HOME'] || undefined
  if (folder !== undefined) return join(folder, 'certman', 'settings.json')
  if (platform === 'darwin') return join(home, 'Library', 'Preferences', 'certman', 'settings.json')
  if (platform === 'win32')
    return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'certman', 'settings.json')
  return join(home, '.config', 'certman', 'settings.json')
}

/** `.certman.json` in `folder` and in every folder above it, nearest first. */
export function projectFiles(folder: string): readonly string[] {
  const files: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    files.push(join(at, '.certman.json'))
    if (dirname(at) === at) return files
  }
}
