import { expect, test } from 'vitest'
import { hexDigits, parseSerialNumber } from '../../src/domain/reference.ts'

const thumbprint = '446581ac8386c0f79fe0c5c866431e45fca5545e'

test.each([
  ['with colons', thumbprint.toUpperCase().replace(/(..)(?=.)/g, '$1:')],
  // the certificate dialog of Windows puts U+200E before it
  ['copied from a dialog of Windows', `\u200e${thumbprint.replace(/(..)(?=.)/g, '$1 ')}`],
])('a thumbprint %s is its digits', (_, text) => {
  expect(hexDigits(text)).toBe(thumbprint)
})

test.each(['web', '1234567', `${thumbprint}g`])('%s is no thumbprint', (text) => {
  expect(hexDigits(text)).toBeUndefined()
})

test.each([
  ['0x0A:1b', 'a1b'],
  ['00', '0'],
  ['-0a', '-a'],
])('the serial number %s is %s, as certificates show it', (typed, shown) => {
  expect(parseSerialNumber(typed)).toBe(shown)
})
