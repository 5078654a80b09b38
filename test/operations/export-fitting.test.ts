import { expect, test } from 'vitest'
import { requireFitting } from '../../src/operations/export-fitting.ts'

test.each([
  [{ format: 'fullchain', withKey: true }, 'withKey', '--format pem --chain --with-key'],
  [{ format: 'der', withKey: true }, 'withKey', '--format p12'],
  [{ format: 'cer', withKey: true }, 'withKey', '--format p12'],
  [{ format: 'crt', withKey: true }, 'withKey', '--format pem'],
  [{ format: 'p7b', withKey: true }, 'withKey', '--format pem'],
  [{ format: 'pem', encoding: 'der', withKey: true }, 'withKey', '--format pem'],
  [{ format: 'pem', target: 'java8' }, 'for', '--format p12 --for java8'],
  [{ format: 'jks', target: 'macos' }, 'for', '--format p12 --for macos'],
  [{ format: 'crt', friendlyName: 'web' }, 'friendlyName', 'p12, pfx or jks'],
  [{ format: 'p12', encoding: 'pem' }, 'encoding', '--format pem --chain --with-key'],
] as const)('when %o is asked for then %s is refused, not passed over', (wish, field, hint) => {
  const request = { references: [], cwd: '/', ...wish }
  const refused = expect.objectContaining({
    code: 'input.invalid',
    field,
    hint: expect.stringContaining(hint),
  })
  expect(() => requireFitting(request)).toThrow(refused)
})

test.each([
  { format: 'pem', withKey: true },
  { format: 'key', withKey: true, encoding: 'der' },
  { format: 'p12', withKey: true, target: 'fips', friendlyName: 'web' },
  { format: 'jks', friendlyName: 'web', encoding: 'der', target: 'java8' },
  { format: 'fullchain', withKey: false },
] as const)('when %o is asked for then it fits', (wish) => {
  expect(() => requireFitting({ references: [], cwd: '/', ...wish })).not.toThrow()
})
