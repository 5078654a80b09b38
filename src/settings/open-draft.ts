import { chmodSync, openSync, statSync, unlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CertmanError } from '../base/errors.ts'
import { makeFolders } from '../repository/folders.ts'

const WAIT_MS = 25
const ATTEMPTS = 200
/** Whoever made it is dead: writing takes milliseconds. */
const STALE_MS = 30_000

/** A file that only one writer can make, while it changes another. */
export interface DraftSetup {
  /** What is changed: an absolute path. */
  readonly file: string
  /** What stands after its name while one writes. */
  readonly ending: string
  readonly now: () => Date
  readonly pause?: (milliseconds: number) => Promise<unknown>
}

/**
 * Makes the draft beside a file, mode 0600: the draft is the lock as well, and another's is waited for.
 *
 * @returns its path and its open descriptor, for the caller to close
 * @throws {CertmanError} `store.locked` after five seconds. What the system refuses is thrown as it is
 */
export async function openDraft(setup: DraftSetup): Promise<{ draft: string; descriptor: number }> {
  const { file, ending, now, pause = sleep } = setup
  const draft = `${file}${ending}`
  for (let attempt = 1; ; attempt++) {
    try {
      makeFolders(dirname(draft), 0o700)
      return { draft, descriptor: openSync(draft, 'wx', 0o600) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const stat = statSync(draft, { throwIfNoEntry: false })
    if (stat && now().getTime() - stat.mtimeMs > STALE_MS) discard(draft)
    else if (attempt >= ATTEMPTS)
      throw new CertmanError('store.locked', `another certman is writing ${setup.file}`, {
        hint: `if none is running, remove ${draft}`,
      })
    else await pause(WAIT_MS)
  }
}

/** Removes a draft; one that is gone already is fine. */
export function discard(draft: string): void {
  try {
    chmodSync(draft, 0o600)
    unlinkSync(draft)
  } catch {
    // gone already
  }
}
