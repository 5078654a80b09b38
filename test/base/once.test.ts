import { expect, test } from 'vitest'
import { Once } from '../../src/base/once.ts'

test('a value is made once for all who ask, again after a failure, and again when it is forgotten', async () => {
  let made = 0
  const once = new Once(async () => {
    if (++made === 1) throw new Error('not yet')
    return made
  })
  const both = await Promise.allSettled([once.get(), once.get()])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await Promise.all([once.get(), once.get()])).toEqual([2, 2])
  once.forget()
  expect(await once.get()).toBe(3)
})
