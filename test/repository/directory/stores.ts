import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { CLAIMS } from '../../../src/domain/records.ts'
import { initDirectory, openDirectory } from '../../../src/repository/directory/open.ts'
import type { InitOptions } from '../../../src/repository/directory/options.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import { describeRecord } from '../../../src/store/describe.ts'
import { frozenAmbient } from '../../support/ambient.ts'

const made: string[] = []

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A new folder that goes when the tests of the file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'certman-repository-'))
  made.push(folder)
  return folder
}

/** Options that tests open stores with. */
export const options = (more: Partial<InitOptions> = {}): InitOptions => ({
  describe: describeRecord,
  ambient: frozenAmbient(),
  lockTimeoutMs: 20_000,
  command: 'test',
  name: 'pki',
  claims: CLAIMS,
  ...more,
})

/** A new store and its folder. */
export async function newStore(
  more: Partial<InitOptions> = {},
): Promise<{ readonly path: string; readonly repository: Repository }> {
  const path = join(temporaryFolder(), 'pki')
  return { path, repository: await initDirectory(path, options(more)) }
}

/** Opens a store, hands it to `use`, and closes it. */
export async function withStore<T>(
  path: string,
  use: (repository: Repository) => Promise<T>,
  more: Partial<InitOptions> = {},
): Promise<T> {
  const repository = await openDirectory(path, options(more))
  try {
    return await use(repository)
  } finally {
    await repository.close()
  }
}
