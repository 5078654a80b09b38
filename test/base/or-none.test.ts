import { expect, test } from 'vitest'
import { CertmanError } from '../../src/base/errors.ts'
import { orNone, orNoneSync } from '../../src/base/or-none.ts'

const missing = (): never => {
  throw new CertmanError('record.not-found', 'no certificate "7"')
}
const broken = (): never => {
  throw new TypeError('a fault of the program')
}

test('what is found is given as it is', async () => {
  expect(orNoneSync(() => 7)).toBe(7)
  expect(await orNone(Promise.resolve(7), 'record.not-found')).toBe(7)
})

test('what is refused with a code that is named, or with any where none is, is undefined', async () => {
  expect(orNoneSync(missing)).toBeUndefined()
  expect(orNoneSync(missing, 'name.taken', 'record.not-found')).toBeUndefined()
  expect(await orNone((async () => missing())(), 'record.not-found')).toBeUndefined()
})

test('another code and a fault of the program are thrown on', async () => {
  expect(() => orNoneSync(missing, 'name.taken')).toThrow('no certificate')
  expect(() => orNoneSync(broken)).toThrow(TypeError)
  await expect(orNone((async () => broken())())).rejects.toThrow(TypeError)
})
