import { expect, test } from 'vitest'
import { checkName } from '../../src/domain/name.ts'

test.each(['web', 'Bücher 2026', '証明書', '1', 'a'.repeat(256), '🔑'.repeat(256)])(
  'when a certificate is to be called %j then it may',
  (name) => {
    expect(checkName(name)).toBe(name)
  },
)

test.each(['', ' ', ' web', 'web ', '\u00a0web', 'a/b', 'a\nb', 'a\u202eb', 'a'.repeat(257)])(
  'when a certificate is to be called %j then it is refused',
  (name) => {
    expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'name.invalid', field: 'name' }))
  },
)
