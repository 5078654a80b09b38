import { join } from 'node:path'
import { CLAIMS } from '../../../src/domain/records.ts'
import { initDirectory } from '../../../src/repository/directory/init.ts'
import { openDirectory } from '../../../src/repository/directory/open.ts'
import type { InitOptions } from '../../../src/repository/directory/options.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import { describeRecord } from '../../../src/store/describe.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import * as temporary from '../../support/temporary.ts'

/** A new folder that goes when the tests of the file are done. */
export const temporaryFolder = (): string => temporary.temporaryFolder('repository')

/** Options that tests open stores with. */
export const options = (more: Partial<InitOptions> = {}): InitOptions => ({
  loadDescribe: async () => describeRecord,
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
