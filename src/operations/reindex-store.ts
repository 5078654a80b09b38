import { claimAdopted } from '../store/claim-adopted.ts'
import { locateStore, openRepository, type OpenRequest } from './open-store.ts'

/** What `reindex` found. */
export interface ReindexReport {
  readonly store: string
  readonly location: string
  readonly records: number
  /** References of records that were put into the folder by hand and are now known. */
  readonly adopted: readonly string[]
}

/**
 * Rebuilds the index from the files and adopts what was put there by hand.
 *
 * @throws {CertmanError} `store.not-found`, `store.invalid`, `store.newer-format`, `store.locked`
 */
export async function reindexStore(request: OpenRequest): Promise<ReindexReport> {
  const location = locateStore(request)
  const repository = await openRepository(request, location)
  try {
    const { records, adopted } = await repository.reindex()
    if (adopted.length > 0) await repository.write((tx) => claimAdopted(tx, adopted, request.ambient.now()))
    const { name } = await repository.head()
    return { store: name, location: location.path, records, adopted }
  } finally {
    await repository.close()
  }
}
