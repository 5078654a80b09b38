import type { Finding } from '../repository/repository.ts'
import { locateStore, openRepository, type OpenRequest } from './open-store.ts'

/** The verdict on a store; any finding is a doubt (exit status 1). */
export interface CheckReport {
  readonly store: string
  readonly location: string
  readonly ok: boolean
  readonly findings: readonly Finding[]
}

/**
 * Verifies every file of a directory store against itself and the index.
 *
 * @throws {CertmanError} `store.not-found`, `store.invalid`, `store.newer-format`
 */
export async function checkStore(request: OpenRequest): Promise<CheckReport> {
  const location = locateStore(request)
  const repository = await openRepository(request, location)
  try {
    const findings = await repository.check()
    const { name } = await repository.head()
    return { store: name, location: location.path, ok: findings.length === 0, findings }
  } finally {
    await repository.close()
  }
}
