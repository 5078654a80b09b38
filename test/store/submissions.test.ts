import { expect, test } from 'vitest'
import { memoryRepository } from '../../src/repository/memory.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { csrFor, rows } from '../contracts/authority/world.ts'
import { frozenAmbient } from '../support/ambient.ts'

/** A store in memory, and how many transactions it was given. */
function counted() {
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

test('when many requests come at once then they share a transaction, and each says who asked', async () => {
  const world = counted()
  const csrs = Array.from({ length: 20 }, (_, at) => csrFor([`dns:h${at}.example`]))
  const all = csrs.map((csr, at) => world.store.submit({ csr }, { actor: `user${at % 2}` }))
  const ids = (await Promise.all(all)).map(([outcome]) => outcome!.id)
  expect(new Set(ids).size).toBe(20)
  expect((await rows(world, 'request')).map((row) => row['requestedBy']).toSorted()).toEqual(
    Array.from({ length: 20 }, (_, at) => (at < 10 ? 'user0' : 'user1')),
  )
  // the first may have gone alone while the others gathered
  expect(world.count.transactions).toBeLessThanOrEqual(2)
})

test('when one of them is refused then the others are in all the same', async () => {
  const world = counted()
  await world.store.submit({ csr: csrFor(['dns:first.example']), name: 'taken' })
  const ends = await Promise.allSettled(
    ['a', 'taken', 'b'].map((name) => world.store.submit({ csr: csrFor([`dns:${name}.example`]), name })),
  )
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(ends[1]).toMatchObject({ reason: { code: 'name.taken' } })
  // the first alone, then all three: none is tried again
  expect(world.count.transactions).toBe(2)
  expect((await rows(world, 'request')).map((row) => row['name']).toSorted()).toEqual(['a', 'b', 'taken'])
})

test('when the same request comes twice at once then it is there once', async () => {
  const world = counted()
  const csr = csrFor(['dns:same.example'])
  const outcomes = await Promise.all([world.store.submit({ csr }), world.store.submit({ csr })])
  expect(outcomes.map(([outcome]) => outcome!.outcome).toSorted()).toEqual(['changed', 'unchanged'])
  expect(await rows(world, 'request')).toHaveLength(1)
})
