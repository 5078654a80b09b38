import { assert, anything, property } from 'fast-check'
import { expect, test } from 'vitest'
import { toJson } from '../../commands/render/style.ts'
import { Secret } from '../../src/base/secret.ts'

test('a result becomes the JSON that JSON.stringify makes of it', () => {
  assert(
    property(anything({ withDate: true, withNullPrototype: true }), (value) => {
      const wanted = JSON.stringify(value)
      expect(JSON.stringify(toJson(value))).toBe(wanted)
    }),
  )
})

test('absent fields are gone, whoever looks at the object', () => {
  const json = toJson({ a: undefined, b: [undefined, { c: undefined, d: 1 }], e: new Date(0) })
  expect(json).toStrictEqual({ b: [null, { d: 1 }], e: '1970-01-01T00:00:00.000Z' })
})

test('a secret says that it is one', () => {
  expect(toJson({ secret: new Secret(Uint8Array.of(1)) })).toEqual({ secret: '[secret]' })
})

test('what is JSON already is not copied', () => {
  const entries = [{ serialNumber: '1', reason: null }]
  expect(toJson(entries)).toBe(entries)
})
