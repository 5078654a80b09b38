import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { certificateState } from '../../src/domain/records.ts'
import type { Filter } from '../../src/domain/filter.ts'
import { afterPrefix, casefold, compareText } from '../../src/query/fold.ts'
import { parseFilter } from '../../src/query/parse.ts'
import { toPredicate } from '../../src/query/predicate.ts'
import { NOW, row } from './rows.ts'

const WEB: JsonObject = {
  id: '12',
  name: 'Web',
  tags: ['prod', 'Straße'],
  subject: 'CN=www.corp.example,O=Größe AG',
  subjectAttributes: [
    [{ type: 'C', value: 'DE' }],
    [
      { type: 'CN', value: 'www.corp.example' },
      { type: 'OU', value: 'Ops' },
    ],
  ],
  subjectAltName: [
    { type: 'dns', value: 'www.corp.example' },
    { type: 'ip', value: '192.0.2.7' },
  ],
  serialNumber: 'a1b2',
  thumbprint: 'AB12CD',
  publicKey: { type: 'rsa', size: 2048 },
  basicConstraints: null,
  keyId: 'ff00',
  exportable: true,
  notBefore: '2025-01-01T00:00:00Z',
  notAfter: '2025-07-01T00:00:00Z',
  importedAt: '2025-06-14T10:00:00.123Z',
}

const fits = (filter: string, one: JsonObject = WEB): boolean =>
  toPredicate(parseFilter(filter, 'certificate'), 'certificate', NOW)(one)

describe('a row', () => {
  test.each([
    'name = web',
    'name = WEB',
    'subject ~ grösse',
    'o = null and cn = www.corp.example',
    'tag = STRASSE',
    'tag = prod and not tag = legacy',
    'tag != legacy',
    'tags ~ ro',
    'san ~ Corp.Example',
    'san = dns:www.corp.example',
    'san ^= www.',
    'san $= .example',
    'san = 192.0.2.7',
    'ou = ops',
    'serial = 00:A1:B2',
    'serial = 0xa1b2',
    'serial ~ 1b',
    'thumbprint ^= "ab 12"',
    'thumbprint ^= "\u200eab 12"',
    'id = 012',
    'id > 2 and id < 100',
    'id in (1, 12)',
    'keyType = RSA and keySize >= 2048 and curve = null',
    'hasKey',
    'ca = false',
    'not ca',
    'exportable',
    'friendlyName = null',
    'friendlyName != x',
    'expires < 30d and expires > 15d',
    'notAfter = 2025-07-01',
    'notAfter = 2025-07',
    'age > 5mo and age < 6mo',
    'importedAt > -2d',
    'importedAt = 2025-06-14',
    'importedAt = 2025-06-14T10:00:00Z',
    'state = valid',
    'state in (valid, expired)',
    'state ~ ALI',
    'state != null',
  ])('fits %j', (filter) => {
    expect(fits(filter)).toBe(true)
  })

  test.each([
    'name = we',
    'san = ip:www.corp.example',
    'san ~ "%"',
    'tag != prod',
    'tags = null',
    'id > 100',
    'keySize < 2048',
    'curve != null',
    'ca',
    'friendlyName = x',
    'friendlyName < x',
    'expires < 15d',
    'state = expired',
    'state != valid',
    'state = null',
    'notAfter != 2025-07-01',
    'issuer ~ ""',
  ])('does not fit %j', (filter) => {
    expect(fits(filter)).toBe(false)
  })
})

describe('state', () => {
  const state = (one: JsonObject): string =>
    certificateState(
      {
        ...(one['revocation'] ? { revocation: { date: '', reason: 'unspecified' } } : {}),
        ...(typeof one['supersededBy'] === 'string' ? { supersededBy: one['supersededBy'] } : {}),
      },
      { notBefore: String(one['notBefore']), notAfter: String(one['notAfter']) },
      NOW,
    )

  test('in a filter is what the domain computes', () => {
    fc.assert(
      fc.property(row, (one) => {
        const given = ['valid', 'notYetValid', 'expired', 'superseded', 'revoked'].filter((word) =>
          fits(`state = ${word}`, one),
        )
        expect(given).toEqual([state(one)])
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    [-1, 'expired'],
    [0, 'expired'],
    [1, 'valid'],
  ])('when notAfter is %i s from the whole second of now then it is %s', (offset, expected) => {
    // now is a quarter of a second past the whole second
    const notAfter = `${new Date(Math.floor(NOW.getTime() / 1000) * 1000 + offset * 1000).toISOString().slice(0, 19)}Z`
    const one = { ...WEB, notAfter }
    expect(state(one)).toBe(expected)
    expect(fits(`state = ${expected}`, one)).toBe(true)
  })
})

describe('a filter from another language', () => {
  const refused: [string, Filter][] = [
    ['an unknown field', { op: 'compare', field: 'nope', operator: '=', value: { type: 'null' } }],
    [
      'a text for a number',
      { op: 'compare', field: 'version', operator: '=', value: { type: 'text', value: 'x' } },
    ],
    [
      'a number for a boolean',
      { op: 'compare', field: 'hasKey', operator: '=', value: { type: 'number', value: 1 } },
    ],
    [
      'a part of an instant',
      { op: 'compare', field: 'notAfter', operator: '~', value: { type: 'text', value: '2' } },
    ],
    ['an order of null', { op: 'compare', field: 'name', operator: '<', value: { type: 'null' } }],
    ['no time', { op: 'compare', field: 'notAfter', operator: '<', value: { type: 'text', value: 'soon' } }],
    [
      'an instant for an age',
      {
        op: 'compare',
        field: 'age',
        operator: '<',
        value: { type: 'instant', value: '2025-01-01T00:00:00Z' },
      },
    ],
  ]

  test.each(refused)('with %s is refused as filter.invalid', (_, filter) => {
    expect(() => toPredicate(filter, 'certificate', NOW)).toThrowError(
      expect.toSatisfy((error) => isCertmanError(error, 'filter.invalid')),
    )
  })

  test('may give a number where we have text', () => {
    const filter: Filter = { op: 'compare', field: 'id', operator: '=', value: { type: 'number', value: 12 } }
    expect(toPredicate(filter, 'certificate', NOW)(WEB)).toBe(true)
  })
})

describe('text', () => {
  test.each([
    ['STRASSE', 'straße'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
    ['é', 'e\u0301'],
    ['K', '\u212a'],
    ['ﬀ', 'FF'],
  ])('%s equals %s', (a, b) => {
    expect(casefold(a)).toBe(casefold(b))
  })

  test('folds to itself when it is folded already', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (a) => casefold(casefold(a)) === casefold(a)))
  })

  test('is ordered as its UTF-8 bytes are', () => {
    const unit = fc.constantFrom('a', 'b', '\u07ff', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}')
    const any = fc.string({ unit, maxLength: 4 })
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))))
      }),
    )
  })

  test('starts with a prefix exactly when it lies between the prefix and its end', () => {
    const unit = fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '😀', '😁', '\u{10ffff}')
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 4 }), fc.string({ unit, maxLength: 2 }), (a, prefix) => {
        const end = afterPrefix(prefix)
        const within = compareText(a, prefix) >= 0 && (end === undefined || compareText(a, end) < 0)
        expect(within).toBe(a.startsWith(prefix))
      }),
      { numRuns: 2000 },
    )
  })
})
