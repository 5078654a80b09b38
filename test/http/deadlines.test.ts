import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Deadlines } from '../../src/http/deadlines.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const late = (name: string) => (): Error => new Error(`${name} is late`)

/** What a promise came to, once the turn is over. */
async function stateOf(promise: Promise<unknown>): Promise<unknown> {
  return Promise.race([promise.catch((error: Error) => error.message), Promise.resolve('waiting')])
}

test('when work is done in time then its value or its error is what comes of it', async () => {
  const deadlines = new Deadlines(100)
  expect(await deadlines.within(Promise.resolve('done'), late('one'))).toBe('done')
  await expect(deadlines.within(Promise.reject(new Error('broken')), late('one'))).rejects.toThrow('broken')
  vi.advanceTimersByTime(1000)
  expect(vi.getTimerCount()).toBe(0)
})

test('when work takes too long then it is late at its own time, however many wait', async () => {
  const deadlines = new Deadlines(100)
  const never = new Promise<string>(() => undefined)
  const one = deadlines.within(never, late('one'))
  vi.advanceTimersByTime(60)
  const two = deadlines.within(never, late('two'))
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(40)
  await expect(one).rejects.toThrow('one is late')
  expect(await stateOf(two)).toBe('waiting')
  vi.advanceTimersByTime(59)
  expect(await stateOf(two)).toBe('waiting')
  vi.advanceTimersByTime(1)
  await expect(two).rejects.toThrow('two is late')
  expect(vi.getTimerCount()).toBe(0)
})

test('when late work is done after all then nobody is told twice', async () => {
  const deadlines = new Deadlines(100)
  let done: (text: string) => void = () => undefined
  let calls = 0
  const work = new Promise<string>((resolve) => (done = resolve))
  const answer = deadlines.within(work, () => new Error(`late ${++calls}`))
  vi.advanceTimersByTime(100)
  await expect(answer).rejects.toThrow('late 1')
  done('done')
  await work
  vi.advanceTimersByTime(1000)
  expect(calls).toBe(1)
  expect(await deadlines.within(Promise.resolve('next'), late('next'))).toBe('next')
})
