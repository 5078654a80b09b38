import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldNameText, foldWholeName } from '../../src/base/fold-name.ts'
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

describe('whole names', () => {
  test.each([
    ['CN=Good CA,C=US', 'cn = Good   CA , C= us'],
    ['CN=Good CA,C=US', 'CN=\\ good ca\\ ,C=us'],
    ['CN=a+OU=b\\, c,C=US', 'OU=B\\, C+CN=A,C=US'],
    ['CN=Ｇood CA', 'CN=good\u00ad ca'],
  ])('%s and %s are the same', (one, other) => {
    expect(foldWholeName(one)).toBe(foldWholeName(other))
  })

  test.each([
    ['CN=Good CA,C=US', 'CN=GoodCA,C=US'],
    ['CN=a,OU=b', 'OU=b,CN=a'],
    ['CN=a\\,O=b', 'CN=a,O=b'],
    ['CN=a\\\\ b', 'CN=a\\\\b'],
    ['CN=a+O=b,C=x', 'CN=a,O=b+C=x'],
    ['CN=a\\,b = c', 'CN=a\\,b=c'],
  ])('%s and %s are not', (one, other) => {
    expect(foldWholeName(one)).not.toBe(foldWholeName(other))
  })

  test('are the same exactly where RFC 5280 section 7.1 says so, and then share what finds them', () => {
    const value = fc.string({
      unit: fc.constantFrom('a', 'A', 'é', ' ', '+', ',', '\\', 'Ａ'),
      minLength: 1,
      maxLength: 3,
    })
    const escaped = (text: string): string => text.replace(/[+,\\]/g, '\\$&').replace(/^ | $/g, '\\ ')
    const rdn = fc.array(value, { minLength: 1, maxLength: 2 })
    const name = fc.array(rdn, { minLength: 1, maxLength: 2 })
    const textOf = (rdns: readonly (readonly string[])[]): string =>
      rdns
        .map((each) => each.map((part, i) => `${i === 0 ? 'CN' : 'O'}=${escaped(part)}`).join('+'))
        .join(',')
    fc.assert(
      fc.property(name, name, fc.boolean(), (rdns, others, isTwin) => {
        const variant = rdns.map((each) => each.map((part) => ` ${part.replace(/ /g, '  ')} `.toUpperCase()))
        const [one, other] = [textOf(rdns), textOf(isTwin ? variant : others)]
        fc.pre(!nameTextKey(one).startsWith('?') && !nameTextKey(other).startsWith('?'))
        const isSame = foldWholeName(casefold(one)) === foldWholeName(casefold(other))
        expect(isSame).toBe(nameTextKey(one) === nameTextKey(other))
        const isFound = foldNameText(foldWholeName(casefold(one))) === foldNameText(casefold(other))
        expect(isFound || !isSame).toBe(true)
      }),
    )
  })
})
