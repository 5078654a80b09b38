import { expect, test } from 'vitest'
import { fromNow } from '../../commands/render/time-left.ts'

const now = new Date('2026-03-01T12:00:00Z')

test.each([
  ['2026-03-01T12:00:00Z', 'less than 2 minutes ago'],
  ['2026-03-01T12:01:59Z', 'in less than 2 minutes'],
  ['2026-03-01T11:55:00Z', '5 minutes ago'],
  ['2026-03-01T13:59:59Z', 'in 119 minutes'],
  ['2026-03-01T14:00:00Z', 'in 2 hours'],
  ['2026-03-03T11:59:59Z', 'in 47 hours'],
  ['2026-03-03T12:00:00Z', 'in 2 days'],
  ['2028-02-28T12:00:00Z', 'in 729 days'],
  ['2028-03-01T12:00:00Z', 'in 2 years'],
  ['no time', ''],
])('when it is noon then %s is %j', (instant, words) => {
  expect(fromNow(instant, now)).toBe(words)
})
