import { beforeEach, expect, test } from 'vitest'
import type { ServedStore } from '../../src/dialects/house.ts'
import { WhileUnchanged } from '../../src/dialects/while-unchanged.ts'

let now: number
let version: string | undefined
let finds: number
let asked: WhileUnchanged
/** As much of a served store as is looked at. */
const served = { store: { version: async () => version } } as unknown as ServedStore
const find = async (): Promise<number> => ++finds

beforeEach(() => {
  now = Date.parse('2026-03-01T12:00:00Z')
  version = 'one'
  finds = 0
  asked = new WhileUnchanged(() => new Date(now))
})

test('when nothing changes then a question is answered once, and another question by itself', async () => {
  expect(
    await Promise.all([asked.get(served, 'how many', find), asked.get(served, 'how many', find)]),
  ).toEqual([1, 1])
  expect(await asked.get(served, 'who', find)).toBe(2)
  expect(await asked.get(served, 'how many', find)).toBe(1)
})

test('when the store is another version then everything is asked again', async () => {
  await asked.get(served, 'how many', find)
  version = 'two'
  expect(await asked.get(served, 'how many', find)).toBe(2)
  version = 'one'
  expect(await asked.get(served, 'how many', find)).toBe(3)
})

test('when a second has passed, or the clock went back, then it is asked again', async () => {
  await asked.get(served, 'how many', find)
  now += 999
  expect(await asked.get(served, 'how many', find)).toBe(1)
  now += 1
  expect(await asked.get(served, 'how many', find)).toBe(2)
  now -= 5000
  expect(await asked.get(served, 'how many', find)).toBe(3)
})

test('when a store cannot tell whether it changed then it is asked every time', async () => {
  version = undefined
  expect([await asked.get(served, 'how many', find), await asked.get(served, 'how many', find)]).toEqual([
    1, 2,
  ])
})

test('when an answer failed then the failure is not remembered', async () => {
  const fail = (): Promise<number> => Promise.reject(new Error('busy'))
  await expect(asked.get(served, 'how many', fail)).rejects.toThrow('busy')
  expect(await asked.get(served, 'how many', find)).toBe(1)
})

test('when very many questions are asked then the memory begins anew instead of growing', async () => {
  for (let n = 0; n < 200; n++) await asked.get(served, `question ${n}`, find)
  expect(await asked.get(served, 'question 0', find)).toBe(1)
  expect(await asked.get(served, 'question 200', find)).toBe(201)
  expect(await asked.get(served, 'question 0', find)).toBe(202)
})

test('when two users see the same store then neither gets the answer of the other', async () => {
  const other = { ...served }
  expect([await asked.get(served, 'how many', find), await asked.get(other, 'how many', find)]).toEqual([
    1, 2,
  ])
})
