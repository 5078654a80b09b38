import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { storeContract } from '../contracts/store.ts'
import { frozenAmbient } from '../support/ambient.ts'

storeContract('memory', async () => {
  const ambient = frozenAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  return { store: localStore(repository, { ambient, kind: 'memory', location: 'memory' }), repository }
})
