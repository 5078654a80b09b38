import { expect, test, vi } from 'vitest'
import { partsOfRow } from '../../src/formats/row.ts'

test('when a file is a row of the smallest values then each is cut when it is asked for, and no list of them is made', () => {
  const bytes = Buffer.from('3000'.repeat(1000), 'hex')
  const cutting = vi.spyOn(bytes, 'subarray')
  const parts = partsOfRow(bytes)![Symbol.iterator]()
  expect(cutting).not.toHaveBeenCalled()
  expect(parts.next().value).toMatchObject({ at: 0, isFiller: false })
  expect(parts.next().value).toMatchObject({ at: 2, isFiller: false })
  expect(cutting).toHaveBeenCalledTimes(2)
  expect(Array.from(partsOfRow(bytes)!, ({ at }) => at)).toEqual(
    Array.from({ length: 1000 }, (_, i) => 2 * i),
  )
})
