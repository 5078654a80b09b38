import type { Reference } from '../domain/reference.ts'
import type { ListedRecord, Store, Target } from '../store/store.ts'

/** Records for `delete`, `edit`: what was named, each once, with the revision that was seen. */
export interface ResolvedTarget {
  readonly target: Target
  readonly row: ListedRecord
}

/**
 * Resolves all references before anything is done.
 *
 * @throws {CertmanError} `record.not-found`, `reference.ambiguous`
 */
export function resolveTargets(
  _store: Store,
  _references: readonly Reference[],
): Promise<readonly ResolvedTarget[]> {
  throw new TypeError('not built yet')
}

/**
 * Finds what the references name in the trash: by id, name, or fingerprint prefix; the newest of several with the
 * same name.
 *
 * @throws {CertmanError} `record.not-found`, `reference.ambiguous`
 */
export function resolveTrashed(
  _store: Store,
  _references: readonly Reference[],
): Promise<readonly ResolvedTarget[]> {
  throw new TypeError('not built yet')
}
