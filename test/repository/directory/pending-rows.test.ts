import { expect, test } from 'vitest'
import { PendingRows } from '../../../src/repository/directory/pending-rows.ts'
import type { IndexEntry } from '../../../src/repository/record-index.ts'

const entry = (id: string, row: IndexEntry['row'] = {}): IndexEntry => ({
  kind: 'certificate',
  id,
  revision: 'r',
  row: { id, serialNumber: `5e${id}`, ...row },
  place: 'loose',
})

const bySerial = (serialNumber: string) => ({ by: 'serialNumber', serialNumber }) as const

test('a row that waits may fit a look-up, whether it came before somebody asked so for the first time or after', () => {
  const rows = new PendingRows()
  rows.add(entry('1'))
  expect(rows.mayFit('certificate', bySerial('5e1'))).toBe(true)
  expect(rows.mayFit('certificate', bySerial('5e2'))).toBe(false)
  rows.add(entry('2', { publicKey: { spkiHash: 'ab' } }))
  expect(rows.mayFit('certificate', bySerial('5e2'))).toBe(true)
  expect(rows.mayFit('certificate', { by: 'keyId', keyId: 'ab' })).toBe(true)
  expect(rows.mayFit('request', bySerial('5e1'))).toBe(false)
})

test('a row that was moved still waits and fits; what was taken does neither', () => {
  const rows = new PendingRows()
  rows.add(entry('1', { subject: 'CN=A  b' }))
  const place = { segment: 1, offset: 0, length: 9 }
  expect(rows.move('certificate', '1', place)).toBe(true)
  expect(rows.mayFit('certificate', { by: 'subject', subject: 'cn=a b' })).toBe(true)
  expect(rows.take('certificate').map((row) => row.place)).toEqual([place])
  expect(rows.mayFit('certificate', { by: 'subject', subject: 'cn=a b' })).toBe(false)
  expect(rows.move('certificate', '1', 'loose')).toBe(false)
  expect(rows.get('certificate', '1')).toBeUndefined()
})
