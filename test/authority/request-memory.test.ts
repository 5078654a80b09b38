import { expect, test } from 'vitest'
import { openRequest } from '../../src/authority/request.ts'
import { makeRequest } from '../support/make-certificates.ts'

test('when a request is read again then it is not checked again, byte for byte', () => {
  const { der } = makeRequest('again.example')
  const first = openRequest(der)
  expect(openRequest(Uint8Array.from(der))).toBe(first)
})

test('when one byte of a known request differs then it is refused', () => {
  const { der } = makeRequest('changed.example')
  openRequest(der)
  const forged = Uint8Array.from(der)
  forged[forged.length - 5]! ^= 1
  for (let times = 0; times < 2; times++) expect(() => openRequest(forged)).toThrow(/not signed by the key/)
})

test('when the bytes change after they were read then what is known stays as it was', () => {
  const { der, spki } = makeRequest('mutable.example')
  const mine = Uint8Array.from(der)
  openRequest(mine)
  mine.fill(0)
  expect(Buffer.from(openRequest(der).spki).equals(spki)).toBe(true)
})
