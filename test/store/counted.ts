import { memoryRepository } from '../support/memory-repository.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { frozenAmbient } from '../support/ambient.ts'

/** A store in memory, and how many transactions it was given. */
export function counted() {
  const ambient = frozenAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  const count = { transactions: 0 }
  const counting = new Proxy(repository, {
    get(target, name) {
      if (name === 'write') count.transactions++
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  return { count, repository, store: localStore(counting, { ambient, kind: 'memory', location: 'memory' }) }
}
