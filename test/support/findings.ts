import { systemAmbient } from '../../src/library.ts'
import { checkStore } from '../../src/operations/check-store.ts'
import type { Finding } from '../../src/repository/repository.ts'

/** What `store check` finds in a directory store, at the system's clock. */
export async function findingsOf(path: string): Promise<readonly Finding[]> {
  const { findings } = await checkStore({
    reference: path,
    settings: { stores: {} },
    ambient: systemAmbient(),
    cwd: '/',
    dataFolder: '/nowhere',
    lockTimeoutMs: 10_000,
    command: 'check',
    notice: () => undefined,
  })
  return findings
}
