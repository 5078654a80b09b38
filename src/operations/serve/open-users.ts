import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ambient } from '../../base/ambient.ts'
import { userFile, usersFile } from '../../settings/users.ts'
import type { UserBook } from '../../settings/user-records.ts'

/** Where users may be, and the world as far as it is needed. */
export interface UsersPlace {
  /** `--users`; default: `CERTMAN_USERS`, then `users.json` beside the settings. */
  readonly file: string | undefined
  readonly cwd: string
  readonly home: string
  readonly platform: string
  readonly ambient: Ambient
  readonly warn: (line: string) => void
}

/** The users file that is meant, absolute, and the users in it. */
export function openUsers(place: UsersPlace): { readonly file: string; readonly book: UserBook } {
  const { cwd, ambient, platform, home, warn } = place
  const named = place.file ?? (ambient.env['CERTMAN_USERS'] || undefined)
  const file = named === undefined ? usersFile({ env: ambient.env, platform, home }) : resolve(cwd, named)
  const pause = async (milliseconds: number): Promise<void> => void (await sleep(milliseconds))
  return { file, book: userFile({ file, random: ambient.random, now: ambient.now, pause, platform, warn }) }
}
