import { expect, test } from 'vitest'
import { rowWithState } from '../../src/repository/row-text.ts'

const NOW = new Date('2026-11-22T00:00:00Z')
const ROW = { id: '7', tags: ['a'], notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' }

test('when a row is shown with its state then its text and the row itself say the same, and neither is changed', () => {
  const json = JSON.stringify(ROW)
  const row = JSON.parse(json) as typeof ROW
  const copied = rowWithState({ kind: 'certificate', row }, NOW)
  const read = rowWithState({ kind: 'certificate', row, json }, NOW)
  expect(copied).toEqual({ ...ROW, state: 'valid' })
  expect(JSON.stringify(read)).toBe(JSON.stringify(copied))
  expect(row).toEqual(ROW)
})

test.each([
  ['2025-12-31T23:59:59Z', 'notYetValid'],
  ['2026-01-01T00:00:00Z', 'valid'],
  ['2027-01-01T00:00:00Z', 'valid'],
  ['2027-01-01T00:00:01Z', 'expired'],
])('at %s a certificate of 2026 is %s: both ends are included (RFC 5280 section 4.1.2.5)', (now, state) => {
  expect(rowWithState({ kind: 'certificate', row: ROW }, new Date(now))['state']).toBe(state)
})
