import { expect, test } from 'vitest'
import { encoded } from '../../bin/streams.ts'

const MEGA = 1024 * 1024

test.each([
  ['nothing', '', 0],
  ['a word', 'web', 1],
  ['a full piece', 'x'.repeat(MEGA), 1],
  ['a character across the end of a piece', `${'x'.repeat(MEGA - 1)}😀${'y'.repeat(MEGA)}`, 2],
  ['characters of four octets only', '😀'.repeat(MEGA), 2],
])('when %s is encoded piece by piece then nothing is lost', (_, text, pieces) => {
  const all = [...encoded(text)]
  expect(all).toHaveLength(pieces)
  expect(Buffer.concat(all).equals(Buffer.from(text))).toBe(true)
})
