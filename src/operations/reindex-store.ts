import type { OpenRequest } from './open-store.ts'

/** What `reindex` found. */
export interface ReindexReport {
  readonly store: string
  readonly location: string
  readonly records: number
  /** References of records that were put into the folder by hand and are now known. */
  readonly adopted: readonly string[]
}

/** Rebuilds the index from the files and adopts what was put there by hand. */
export function reindexStore(_request: OpenRequest): Promise<ReindexReport> {
  throw new TypeError('not built yet')
}
