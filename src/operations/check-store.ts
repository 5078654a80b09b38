import type { Finding } from '../repository/repository.ts'
import type { OpenRequest } from './open-store.ts'

/** The verdict on a store; any finding is a doubt (exit status 1). */
export interface CheckReport {
  readonly store: string
  readonly location: string
  readonly ok: boolean
  readonly findings: readonly Finding[]
}

/** Verifies every file of a directory store against itself and the index. */
export function checkStore(_request: OpenRequest): Promise<CheckReport> {
  throw new TypeError('not built yet')
}
