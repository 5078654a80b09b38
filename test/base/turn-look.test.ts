import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { TurnLook } from '../../src/base/turn-look.ts'

/** The first questions of all, which share nothing. */
const FEW = 10

/** A look that sees 1, 2, 3 …, when many have asked before. */
function counted(): TurnLook<number> {
  let looks = -FEW
  const look = new TurnLook(() => ++looks)
  for (let asked = 0; asked < FEW; asked++) expect(look.value).toBe(asked + 1 - FEW)
  return look
}

test('when several ask in one turn of the event loop then they share a look', async () => {
  const look = counted()
  expect([look.value, look.value]).toEqual([1, 1])
  await Promise.resolve()
  expect(look.value).toBe(1)
})

test('when the turn is over then the next one looks again, however often that happens', async () => {
  const look = counted()
  for (const expected of [1, 2, 3]) {
    expect(look.value).toBe(expected)
    await nextTurn()
  }
})

test('when a turn does not end then a hundred questions are the most that one look answers', () => {
  const look = counted()
  const seen = Array.from({ length: 250 }, () => look.value)
  expect(new Set(seen)).toEqual(new Set([1, 2, 3]))
})

test('when something was changed by oneself then it is looked at in the same turn', async () => {
  const look = counted()
  expect(look.value).toBe(1)
  look.forget()
  expect(look.value).toBe(2)
  await nextTurn()
  expect(look.value).toBe(3)
})

test('when a look fails then whoever asks next looks again', () => {
  let looks = -FEW
  const look = new TurnLook(() => {
    if (++looks === 1) throw new Error('not yet')
    return looks
  })
  for (let asked = 0; asked < FEW; asked++) expect(look.value).toBeLessThan(1)
  expect(() => look.value).toThrow('not yet')
  expect(look.value).toBe(2)
})

test('when a command asks a few times then nothing is left waiting for the end of the turn', () => {
  const waiting = () => process.getActiveResourcesInfo().filter((one) => one === 'Immediate').length
  const before = waiting()
  counted()
  expect(waiting()).toBe(before)
})
