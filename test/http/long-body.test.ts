import { expect, test } from 'vitest'
import { longBody } from '../../src/http/long-body.ts'
import { isStream } from '../../src/http/write-answer.ts'

const KILOBYTE = 'x'.repeat(1024)

/** So many kilobytes; `told` learns how many were made, and when nobody wants more. */
async function* kilobytes(count: number, told: { made: number; isOver: boolean }): AsyncGenerator<string> {
  try {
    for (; told.made < count; told.made++) yield KILOBYTE
  } finally {
    told.isOver = true
  }
}

test('when a body is short then it is one text', async () => {
  const told = { made: 0, isOver: false }
  expect(await longBody(kilobytes(3, told))).toBe(KILOBYTE.repeat(3))
})

test('when a body is long then it is made while it is read, and complete', async () => {
  const told = { made: 0, isOver: false }
  const body = await longBody(kilobytes(5000, told))
  if (!isStream(body)) throw new Error('made at once')
  expect(told.made).toBeLessThan(1100)
  let length = 0
  for await (const part of body) length += part.length
  expect([length, told.isOver]).toEqual([5000 * 1024, true])
})

test('when a body is read in part, or not at all, then what makes it is told', async () => {
  for (const parts of [0, 1]) {
    const told = { made: 0, isOver: false }
    const body = await longBody(kilobytes(5000, told))
    if (!isStream(body)) throw new Error('made at once')
    const reader = body[Symbol.asyncIterator]()
    for (let at = 0; at < parts; at++) await reader.next()
    await reader.return?.()
    expect(told.isOver).toBe(true)
  }
})

test('when making it fails in the beginning then there is no body', async () => {
  // oxlint-disable-next-line require-yield -- it fails before anything is made
  const failing = async function* (): AsyncGenerator<string> {
    throw new Error('no such store')
  }
  await expect(longBody(failing())).rejects.toThrow('no such store')
})
