import { CLAIMS } from '../../src/domain/records.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { guardedStore } from '../../src/store/guarded-store.ts'
import { localStore } from '../../src/store/local-store.ts'
import { storeContract } from '../contracts/store.ts'
import type { StoreWorld } from '../contracts/store/world.ts'
import { frozenAmbient } from '../support/ambient.ts'

/** Who may do everything notices nothing of the guard. */
async function guarded(): Promise<StoreWorld> {
  const ambient = frozenAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  const inner = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
  const grants = {
    user: 'tester@host',
    store: 'memory',
    claims: CLAIMS,
    ownOnly: false,
    administers: true,
  }
  return { store: guardedStore(inner, grants, ambient.now), repository, cleanUp: () => inner.close() }
}

storeContract('guarded', guarded)
