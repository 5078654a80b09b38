import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readInstant } from '../../commands/options/validity.ts'
import { isCertmanError } from '../../src/base/errors.ts'
import type { Filter, FilterOperator, FilterValue } from '../../src/domain/filter.ts'
import { fieldsOf } from '../../src/query/fields.ts'
import { parseFilter } from '../../src/query/parse.ts'
import { toPredicate } from '../../src/query/predicate.ts'

const parse = (text: string): Filter => parseFilter(text, 'certificate')

const text = (value: string): FilterValue => ({ type: 'text', value })

const compare = (field: string, operator: FilterOperator, value: FilterValue): Filter => ({
  op: 'compare',
  field,
  operator,
  value,
})

const DAY = 86_400

describe('a filter is read', () => {
  test('when it joins comparisons by and, or, not, and brackets', () => {
    expect(parse('san ~ corp.example and expires < 30d and not tag = legacy')).toEqual({
      op: 'and',
      terms: [
        compare('subjectAltName', '~', text('corp.example')),
        compare('expires', '<', { type: 'duration', seconds: 30 * DAY }),
        { op: 'not', term: compare('tags', '=', text('legacy')) },
      ],
    })
  })

  test('when and binds closer than or, then brackets turn it round', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => compare('name', '=', text(name)))
    expect(parse('name=a or name=b and name=c')).toEqual({
      op: 'or',
      terms: [a, { op: 'and', terms: [b, c] }],
    })
    expect(parse('(name=a OR name=b) AND name=c')).toEqual({
      op: 'and',
      terms: [{ op: 'or', terms: [a, b] }, c],
    })
  })

  test('when it is the id of a key then any text will do: servers have ids of their own', () => {
    expect(parseFilter('id = pk-17', 'key')).toEqual(compare('id', '=', text('pk-17')))
    expect(parse('keyId ^= pk-')).toEqual(compare('keyId', '^=', text('pk-')))
    const isIt = toPredicate(parseFilter('id = pk-17', 'key'), 'key', new Date(0))
    expect([{ id: 'pk-17' }, { id: 'pk-18' }].map(isIt)).toEqual([true, false])
  })

  test.each<[string, Filter]>([
    ['', { op: 'all' }],
    ['  ', { op: 'all' }],
    ['subject ~ CN=web', compare('subject', '~', text('CN=web'))],
    ['subject = CN=web,O=Corp', compare('subject', '=', text('CN=web,O=Corp'))],
    ['Subject = "CN=a b"', compare('subject', '=', text('CN=a b'))],
    [`name = 'it''s'`, compare('name', '=', text("it's"))],
    ['name = "a \\"b\\" \\\\ c"', compare('name', '=', text('a "b" \\ c'))],
    ['name = null', compare('name', '=', { type: 'null' })],
    ['name = "null"', compare('name', '=', text('null'))],
    ['serial = 0A:1b', compare('serialNumber', '=', text('0A:1b'))],
    ['san ^= *.', compare('subjectAltName', '^=', text('*.'))],
    ['san$=.example', compare('subjectAltName', '$=', text('.example'))],
    ['hasKey', compare('hasKey', '=', { type: 'boolean', value: true })],
    ['ca = no', compare('basicConstraints.ca', '=', { type: 'boolean', value: false })],
    ['keySize<3072', compare('publicKey.size', '<', { type: 'number', value: 3072 })],
    ['age > 1y6mo', compare('age', '>', { type: 'duration', seconds: 545 * DAY })],
    ['expires > -7d', compare('expires', '>', { type: 'duration', seconds: -7 * DAY })],
    ['notAfter < now', compare('notAfter', '<', { type: 'duration', seconds: 0 })],
    [
      'notAfter < 2027-01-01T01:30:00+01:30',
      compare('notAfter', '<', { type: 'instant', value: '2027-01-01T00:00:00Z' }),
    ],
    ['state = VALID', compare('state', '=', text('valid'))],
    ['keyType = RSA', compare('publicKey.type', '=', text('rsa'))],
    ['keyType ~ dsa', compare('publicKey.type', '~', text('dsa'))],
    ['keyType = unknown', compare('publicKey.type', '=', text('unknown'))],
    ['curve = prime256v1', compare('publicKey.curve', '=', text('P-256'))],
    ['curve = Explicit', compare('publicKey.curve', '=', text('explicit'))],
    ['curve != inherited', compare('publicKey.curve', '!=', text('inherited'))],
    ['eku = 1.3.6.1.5.5.7.3.1', compare('extendedKeyUsage', '=', text('serverAuth'))],
    ['eku = 1.2.3.4', compare('extendedKeyUsage', '=', text('1.2.3.4'))],
    ['keyUsage = crlsign', compare('keyUsage', '=', text('cRLSign'))],
    ['keyUsage = contentCommitment', compare('keyUsage', '=', text('nonRepudiation'))],
    ['tag in (a, "b c")', { op: 'in', field: 'tags', values: [text('a'), text('b c')] }],
    ['tag not in (a)', { op: 'not', term: { op: 'in', field: 'tags', values: [text('a')] } }],
  ])('when it is %j', (typed, expected) => {
    expect(parse(typed)).toEqual(expected)
  })

  test('when a day is compared then the whole day counts', () => {
    const from = (value: string): Filter => compare('notAfter', '>=', { type: 'instant', value })
    const until = (value: string): Filter => compare('notAfter', '<', { type: 'instant', value })
    const day: Filter = { op: 'and', terms: [from('2027-12-31T00:00:00Z'), until('2028-01-01T00:00:00Z')] }
    expect(parse('notAfter = 2027-12-31')).toEqual(day)
    expect(parse('notAfter != 2027-12-31')).toEqual({ op: 'not', term: day })
    expect(parse('notAfter <= 2027-12-31')).toEqual(until('2028-01-01T00:00:00Z'))
    expect(parse('notAfter < 2027-12-31')).toEqual(until('2027-12-31T00:00:00Z'))
    expect(parse('notAfter > 2027-12-31')).toEqual(from('2028-01-01T00:00:00Z'))
    expect(parse('notAfter in (2027-12-31)')).toEqual({ op: 'or', terms: [day] })
    expect(parse('notAfter >= 2027-12')).toEqual(from('2027-12-01T00:00:00Z'))
    expect(parse('notAfter > 2027-12')).toEqual(from('2028-01-01T00:00:00Z'))
  })

  test.each(['9999-12-31', '9999-12'])(
    'when it is about %s then that lasts to the very end, where certificates without a well-defined end have theirs',
    (day) => {
      const fits = (filter: string): boolean =>
        toPredicate(parse(filter), 'certificate', new Date(0))({ notAfter: '9999-12-31T23:59:59Z' })
      expect(
        ['=', '<=', '>=', '!=', '>', '<'].map((operator) => fits(`notAfter ${operator} ${day}`)),
      ).toEqual([true, true, true, false, false, false])
      expect(readInstant('not-after', day, true)).toEqual(new Date('9999-12-31T23:59:59Z'))
    },
  )
})

describe('a filter is refused with the column', () => {
  test.each([
    ['exires < 30d', 1, 'unknown field "exires"', 'did you mean expires?'],
    ['name = a and sbject = b', 14, 'unknown field "sbject"', 'did you mean subject?'],
    ['name == a', 6, 'unknown operator "=="', 'equality is written ='],
    ['name <> a', 6, 'unknown operator "<>"', 'inequality is written !='],
    ['name = a b', 10, 'unexpected "b"', 'join comparisons'],
    ['name = a && id = 2', 10, 'unexpected "&&"', 'join comparisons'],
    ['(name = a', 1, 'a bracket is opened and never closed', 'close it'],
    ['name = a)', 9, 'a bracket is closed that was never opened', ''],
    ['name = "a', 8, 'a quote is opened and never closed', 'close it with "'],
    ['name =', 7, 'a value is missing', ''],
    ['name', 5, 'an operator is expected after "name"', 'one of ='],
    ['name = a or', 12, 'a comparison is missing', ''],
    ['not', 4, 'a comparison is missing', ''],
    ['tag in a', 8, 'a list in brackets is expected after in', ''],
    ['tag in (a b)', 11, 'a comma or ) is expected in the list', ''],
    ['tag in ()', 9, 'a value is expected, not ")"', ''],
    ['state = valdi', 9, '"valdi" is no state', 'did you mean valid?'],
    ['state = x', 9, '"x" is no state', 'it is one of: valid, notYetValid'],
    ['keyType = foo', 11, '"foo" is no keyType', 'such as: rsa, rsa-oaep, rsa-pss, dsa, dh, ec, '],
    ['keyType in (rsa, ml-dsa)', 18, '"ml-dsa" is no keyType', 'did you mean ml-dsa-44, '],
    // two object identifiers have this name
    ['algorithm = RSASSA-PSS', 13, '"RSASSA-PSS" is no signatureAlgorithm', 'did you mean rsassaPss?'],
    ['curve != P256', 10, '"P256" is no curve', 'did you mean P-256'],
    ['keyUsage = sign', 12, '"sign" is no keyUsage', 'it is one of: digitalSignature, '],
    ['eku = server', 7, '"server" is no extendedKeyUsage', 'did you mean serverAuth?'],
    ['eku = 1.2.', 7, '"1.2." is no extendedKeyUsage', 'such as: anyExtendedKeyUsage, '],
    ['algorithm = sha256', 13, '"sha256" is no signatureAlgorithm', 'did you mean sha256WithRSAEncryption?'],
    ['revocation.reason = lost', 21, '"lost" is no revocation.reason', 'it is one of: unspecified, '],
    ['source.how = found', 14, '"found" is no source.how', 'it is one of: imported, '],
    ['expires ~ 30d', 11, 'expires cannot be compared with ~', 'expires takes = !='],
    ['hasKey < true', 10, 'hasKey cannot be compared with <', ''],
    ['hasKey = maybe', 10, '"maybe" is neither true nor false', ''],
    ['serial = zz', 10, '"zz" is no serialNumber', 'it is written in hex, such as 0a1b or 0A:1B'],
    ['serial = ""', 10, '"" is no serialNumber', 'it is written in hex'],
    ['thumbprint ~ web', 14, '"web" is no thumbprint', 'it is written in hex'],
    [
      'fingerprint != 0450d2b6',
      16,
      '"0450d2b6" is no whole fingerprint',
      'a whole one has 64 hex digits; ^= ',
    ],
    ['thumbprint = 0450d2b6', 14, '"0450d2b6" is no whole thumbprint', 'a whole one has 40 hex digits; ^= '],
    ['ski ^= 0x12', 8, '"0x12" is no subjectKeyIdentifier', 'it is written in hex'],
    ['keySize < big', 11, '"big" is no number', ''],
    ['expires < 30', 11, '"30" has no unit', 'write 30d for days'],
    ['age < 2027-01-01', 7, '"2027-01-01" is no duration', ''],
    ['notAfter = 2027-02-30', 12, '"2027-02-30" is no time', ''],
    ['notAfter = 2027-01-31T12:00:00+25:00', 12, '"2027-01-31T12:00:00+25:00" is no time', ''],
    ['name ~ null', 8, 'null has no order and no parts', ''],
  ])('when it is %j then column %i', (typed, column, message, advice) => {
    const error = failure(typed)
    expect(error.message).toBe(`${message} at column ${column} of the filter`)
    const [first, shown, caret] = error.hint.split('\n')
    expect(first).toContain(advice)
    expect(shown).toBe(`  ${typed}`)
    expect(caret).toBe(`  ${' '.repeat(column - 1)}^`)
  })

  test('when characters are invisible then the hint shows dots, and the caret keeps its column', () => {
    const error = failure('\u202enome\u0007 = x')
    expect(error.message).toBe('unknown field "·nome·" at column 1 of the filter')
    expect(error.hint).toBe('did you mean name?\n  ·nome· = x\n  ^')
  })

  test('when the filter is long then the hint shows the part around the caret', () => {
    const error = failure(`${'name = a or '.repeat(50)}nome = b`)
    expect(error.message).toContain('at column 601')
    const [, shown = '', caret = ''] = error.hint.split('\n')
    expect(shown.slice(caret.length - 1, caret.length + 3)).toBe('nome')
    expect(shown.length).toBeLessThan(140)
  })

  test('when it nests or lists beyond any honest filter then it is refused, not overflowed', () => {
    expect(failure(`${'('.repeat(100_000)}name=a`).message).toContain('more than 50 brackets')
    expect(failure(`${'not '.repeat(100_000)}name=a`).message).toContain('more than 50 brackets')
    expect(failure(`name in (${Array.from({ length: 1001 }, () => 'a').join()})`).message).toContain(
      'more than 1000',
    )
  })
})

describe('any text', () => {
  const pieces = fc.constantFrom(
    'name',
    'tag',
    'san',
    'expires',
    'hasKey',
    'and',
    'or',
    'not',
    'in',
    '(',
    ')',
    ',',
    '=',
    '~',
    '<',
    '30d',
    '"',
    "'",
    '\\',
    ' ',
    'x',
    '\u0000',
    '2027-01-01',
    'null',
  )

  test('is read or refused as filter.invalid, never anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces).map((parts) => parts.join(' ')),
        ),
        (typed) => {
          expect(['read', 'filter.invalid']).toContain(outcome(typed))
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('between quotes comes out as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('"', "'"), (value, quote) => {
        const escaped = value.replaceAll('\\', '\\\\').replaceAll(quote, quote + quote)
        expect(parse(`name=${quote}${escaped}${quote}`)).toEqual(compare('name', '=', text(value)))
      }),
    )
  })
})

test('every field of every kind can be named, in any letter case, by its name and its aliases', () => {
  for (const kind of ['certificate', 'request', 'key', 'authority', 'collection'] as const) {
    const words = fieldsOf(kind).flatMap((spec) => [spec.name, ...(spec.aliases ?? [])])
    expect(new Set(words.map((word) => word.toLowerCase())).size).toBe(words.length)
    for (const word of words)
      expect(parseFilter(`${word.toUpperCase()} = null`, kind)).toMatchObject({
        op: 'compare',
        operator: '=',
      })
  }
})

function outcome(typed: string): string {
  try {
    parse(typed)
    return 'read'
  } catch (error) {
    return isCertmanError(error) ? error.code : String(error)
  }
}

function failure(typed: string): { message: string; hint: string; field?: string | undefined } {
  try {
    parse(typed)
  } catch (error) {
    if (isCertmanError(error, 'filter.invalid')) return error
    throw error
  }
  throw new Error(`${JSON.stringify(typed)} was not refused`)
}
