import type { PasswordSource } from '../../src/formats/items.ts'
import { memoryRepository } from './memory-repository.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { EVERYTHING, type Query } from '../../src/domain/filter.ts'
import type { RecordKind } from '../../src/domain/records.ts'
import type { ListedRecord, Store } from '../../src/store/store.ts'
import { frozenAmbient } from './ambient.ts'
import * as temporary from './temporary.ts'

/** A folder of its own for one test; it is gone when the tests of the file are done. */
export const temporaryFolder = (): string => temporary.temporaryFolder('test')

/** An empty store in memory. */
export function memoryStore(): Store {
  const ambient = frozenAmbient()
  return localStore(memoryRepository(describeRecord, ambient), {
    ambient,
    kind: 'memory',
    location: 'memory',
  })
}

/** Nobody has a password. */
export const noPassword: PasswordSource = () => Promise.resolve(undefined)

/** All records of a kind, in id order where nothing else is asked for. */
export async function rowsOf(
  store: Store,
  kind: RecordKind = 'certificate',
  query: Query = EVERYTHING,
): Promise<readonly ListedRecord[]> {
  const rows: ListedRecord[] = []
  for await (const row of store.list(kind, query)) rows.push(row)
  return rows
}
