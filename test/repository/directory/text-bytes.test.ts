import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { TextBytes } from '../../../src/repository/directory/text-bytes.ts'

test('texts of any length and any script lie one behind the other as Node writes them, and are read back in parts', () => {
  const texts = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('é€😀'.repeat(5000))), {
    maxLength: 8,
  })
  fc.assert(
    fc.property(texts, (given) => {
      const bytes = new TextBytes()
      let at = 0
      for (const text of given) {
        const octets = bytes.add(text)
        expect(octets).toBe(Buffer.byteLength(text))
        expect(bytes.text(at, at + octets)).toBe(text)
        at += octets
      }
      expect(bytes.length).toBe(at)
      expect(Buffer.compare(bytes.part(), Buffer.from(given.join('')))).toBe(0)
    }),
    { numRuns: 20 },
  )
})

test('after a clear nothing lies there, and texts begin anew', () => {
  const bytes = new TextBytes()
  bytes.add('former text')
  bytes.clear()
  expect([bytes.length, bytes.text()]).toEqual([0, ''])
  bytes.add('new')
  expect(bytes.text(0, 100)).toBe('new')
})
