import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldNameText } from '../../src/base/fold-name.ts'
import { casefold } from '../../src/query/fold.ts'
import { nameTextKey } from '../../src/path/compare-names.ts'

test.each([
  ['CN=Good CA,C=US', 'CN=Good   CA,C=US'],
  ['CN=Good CA,C=US', 'CN=\\ good ca\\ ,C=us'],
  ['CN=a+OU=b,C=US', 'OU=B+CN=A,C=US'],
  ['CN=Ｇood CA', 'CN=good\u00ad ca'],
])('%s and %s fold to the same text', (one, other) => {
  expect(foldNameText(one)).toBe(foldNameText(other))
})

test.each([
  ['CN=Good CA,C=US', 'CN=Good CB,C=US'],
  ['CN=a,OU=b', 'OU=b,CN=a'],
])('%s and %s do not', (one, other) => {
  expect(foldNameText(one)).not.toBe(foldNameText(other))
})

test('names that are the same by RFC 5280 section 7.1 fold to the same text, also when they are folded for filters first', () => {
  const value = fc.string({
    unit: fc.constantFrom('a', 'A', 'é', 'É', ' ', '+', ',', '=', 'Ａ', 'ﬁ', 'x'),
    minLength: 1,
    maxLength: 4,
  })
  const escaped = (text: string): string => text.replace(/[+,=]/g, '\\$&').replace(/^ | $/g, '\\ ')
  const rdn = fc.tuple(value, value).map(([cn, ou]) => [`CN=${escaped(cn)}`, `OU=${escaped(ou)}`])
  const variant = (text: string): string => text.replace(/ /g, '  ').toUpperCase()
  fc.assert(
    fc.property(rdn, ([cn = '', ou = '']) => {
      const [one, other] = [`${cn}+${ou},C=US`, `${variant(ou)}+${variant(cn)},C=us`]
      fc.pre(nameTextKey(one) === nameTextKey(other))
      expect(foldNameText(casefold(one))).toBe(foldNameText(casefold(other)))
    }),
  )
})
