import { describe, expect, test } from 'vitest'
import { FewIds } from '../../../src/repository/directory/few-ids.ts'
import { MemoryIndex } from '../../../src/repository/memory-index.ts'

const idOf = (n: number): string => n.toString(16).padStart(64, '0')

/** An index of so many keys, and how often it was listed. */
function keys(count: number) {
  const index = new MemoryIndex()
  for (let n = 0; n < count; n++) {
    const id = idOf(n)
    index.insert({ kind: 'key', id, revision: '1', row: { id }, place: 'loose' })
  }
  let listings = 0
  const list = index.list.bind(index)
  index.list = (...query) => {
    listings++
    return list(...query)
  }
  return { ids: new FewIds(index, 'key'), listings: () => listings }
}

describe('ids of which there may be few', () => {
  test.each([0, 1, 64, 65, 200])('with %i keys none of them is ever denied', (count) => {
    const { ids } = keys(count)
    const all = Array.from({ length: count }, (_, n) => ids.mayHave(idOf(n)))
    for (let n = 0; n < 40; n++) ids.mayHave(idOf(1000 + n))
    expect([...all, ...all.map((_, n) => ids.mayHave(idOf(n)))]).not.toContain(false)
  })

  test('one question is left to a look-up; of many that follow strangers are denied, and the ids are read once', () => {
    const { ids, listings } = keys(64)
    expect([ids.mayHave(idOf(99)), listings()]).toEqual([true, 0])
    for (let n = 0; n < 100; n++) ids.mayHave(idOf(n))
    expect([ids.mayHave(idOf(99)), listings()]).toEqual([false, 1])
  })

  test('where there are many nobody is denied, and they are read once', () => {
    const { ids, listings } = keys(65)
    for (let n = 0; n < 100; n++) ids.mayHave(idOf(n))
    expect([ids.mayHave(idOf(99)), listings()]).toEqual([true, 1])
  })
})
