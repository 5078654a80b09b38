import type { Ambient } from '../base/ambient.ts'
import type { Claim } from '../domain/records.ts'
import type { StoreInfo } from '../store/store.ts'

/** A new directory store. */
export interface InitRequest {
  readonly path: string
  readonly cwd: string
  /** Default: the folder's own name. */
  readonly name?: string
  /** Default: all. */
  readonly claims?: readonly Claim[]
  readonly ambient: Ambient
  readonly dryRun?: boolean
}

/**
 * Makes a directory store in a new or empty folder.
 *
 * @throws {CertmanError} `store.exists` when there is one, or when the folder holds something else
 */
export function initStore(_request: InitRequest): Promise<StoreInfo> {
  throw new TypeError('not built yet')
}
