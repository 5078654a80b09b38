import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Filter } from '../../src/domain/filter.ts'
import { parseODataFilter } from '../../src/query/odata-parse.ts'
import { printODataFilter } from '../../src/query/odata-print.ts'
import { toPredicate } from '../../src/query/predicate.ts'

const NOW = new Date('2026-03-01T12:00:00Z')

const web = {
  id: '1',
  name: 'web',
  subject: 'CN=web.example, O="Example, Inc."',
  thumbprint: '446581AC8386C0F79FE0C5C866431E45FCA5545E',
  notAfter: '2016-08-21T21:10:42Z',
}
const obrien = { id: '2', name: 'b2', subject: "CN=O'Brien, C=IE", thumbprint: 'AA'.repeat(20) }

const found = (text: string): string[] => {
  const fits = toPredicate(parseODataFilter(text), 'certificate', NOW)
  return [web, obrien].filter((row: JsonObject) => fits(row)).map(({ name }) => name)
}

describe('what the vendor documents', () => {
  test.each([
    ["id eq 'web'", ['web']],
    ["name ne 'web'", ['b2']],
    ["id eq '/certificates/web'", ['web']],
    ["startswith(id,'/certificates/b')", ['b2']],
    ["endswith(id,'/certificates/web')", ['web']],
    ["id eq '/subscriptions/s/resourceGroups/certificates/providers/p/service/a/Certificates/web'", ['web']],
    ['subject eq \'cn=web.example, o="example, inc."\'', ['web']],
    ["subject eq 'CN=O''Brien, C=IE'", ['b2']],
    ["substringof('web',subject)", ['web']],
    ["contains(subject,'Brien')", ['b2']],
    ["startswith(subject,'CN=')", ['web', 'b2']],
    ["endswith(subject, 'C=IE') eq true", ['b2']],
    ["endswith(subject, 'C=IE') eq false", ['web']],
    ["false ne startswith(subject,'CN=web')", ['web']],
    ["'CN=O''Brien, C=IE' eq subject", ['b2']],
    ["'b3' gt id", ['b2']],
    ["thumbprint eq '446581ac 8386c0f7 9fe0c5c8 66431e45 fca5545e'", ['web']],
    ["thumbprint eq '\u200e446581AC8386C0F79FE0C5C866431E45FCA5545E'", ['web']],
    ["thumbprint ge '9'", ['b2']],
    ["expirationDate eq datetime'2016-08-21T21:10:42'", ['web']],
    ["expirationDate lt datetime'2016-08-22'", ['web']],
    ["expirationDate le datetimeoffset'2016-08-21T23:10:42+02:00'", ['web']],
    ['expirationDate ge 2016-08-21T21:10:42Z', ['web']],
    ['expirationDate gt 2016-08-21T23:10:41.9999999+02:00', ['web']],
    ['expirationDate eq null', ['b2']],
    ['expirationDate ne null', ['web']],
    ["not (subject eq 'x')", ['web', 'b2']],
    ["not startswith(id,'w')", ['b2']],
    ["id eq 'web' or id eq 'b2' and subject eq 'x'", ['web']],
    ["(id eq 'web' or id eq 'b2') and  endswith(subject,'IE')", ['b2']],
    ['true', ['web', 'b2']],
    ["'a' eq 'b'", []],
    ['null eq null', ['web', 'b2']],
    ['', ['web', 'b2']],
  ])('when %s is asked for then it finds %j', (text, names) => {
    expect(found(text)).toEqual(names)
  })

  test('when the arguments of substringof are the wrong way round then they are taken at their word', () => {
    expect(found("substringof(id,'the web site')")).toEqual(['web'])
    expect(found("startswith('website',id)")).toEqual(['web'])
  })
})

const refusal = (text: string): string => {
  try {
    parseODataFilter(text)
  } catch (error) {
    if (isCertmanError(error, 'filter.invalid')) return error.message
    throw error
  }
  return 'taken'
}

describe('what is no filter', () => {
  test.each([
    ["subject EQ 'x'", '"EQ" stands where the end, and or or is expected at column 9'],
    ["Subject eq 'x'", 'unknown field "Subject" at column 1'],
    ["not subject eq 'x'", 'a condition is expected at column 5'],
    ['subject eq "x"', 'a double quote at column 12'],
    ["subject eq 'x", 'a quote is opened and never closed at column 12'],
    ["expirationDate eq '2016-08-21T21:10:42'", 'a date is expected beside expirationDate at column 1'],
    ['expirationDate eq 2016-08-21T21:10:42', 'a number, or a date without its zone at column 19'],
    ['expirationDate gt 2016-08-21', 'a number, or a date without its zone at column 19'],
    ['id eq 1', 'a number, or a date without its zone at column 7'],
    ['id eq %1', 'something that is no word of a filter at column 7'],
    ["expirationDate eq datetime'2016-13-45T00:00:00'", 'a date that is none at column 19'],
    ["startswith(expirationDate,'2016')", 'functions are for texts only at column 1'],
    ["length(subject) eq 'x'", 'unknown function "length" at column 1'],
    ["(subject eq 'x'", 'the filter ends where a closing bracket is expected at column 16'],
    ["subject eq 'x')", '")" stands where the end, and or or is expected at column 15'],
    ["subject eq 'a' eq true", '"eq" stands where and or or is expected at column 16'],
    ['subject eq id', 'two fields cannot be compared with each other at column 1'],
    ["contains(subject,'a','b')", '"," stands where a closing bracket is expected at column 21'],
    ['constructor', 'unknown field "constructor" at column 1'],
    ['toString(subject)', 'unknown function "toString" at column 1'],
  ])('when %s is asked for then the message is: %s', (text, message) => {
    expect(refusal(text)).toContain(message)
  })

  test('when a filter is nested or long beyond all honest ones then it is refused', () => {
    expect(refusal(`${'('.repeat(70)}true${')'.repeat(70)}`)).toContain(
      'nested deeper than 64 levels at column 66',
    )
    expect(refusal(`id eq '${'x'.repeat(3000)}'`)).toContain('more than 2048 characters at column 2049')
  })

  test('when any text is parsed then it is a filter or refused, and quickly', () => {
    const words = [
      'subject',
      ' eq ',
      "'a'",
      '(',
      ')',
      'not ',
      ' and ',
      ' or ',
      'true',
      'contains(',
      ',',
      'id',
    ]
    const noise = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 4 })), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(noise, (parts) => {
        expect(typeof refusal(parts.join(''))).toBe('string')
      }),
    )
  })
})

const text = fc.string({ maxLength: 6 }).map((value) => ({ type: 'text', value }) as const)
const hexText = fc.stringMatching(/^[0-9A-F]{0,8}$/).map((value) => ({ type: 'text', value }) as const)
const instant = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => ({ type: 'instant', value: date.toISOString() }) as const)
const nothing = fc.constant({ type: 'null' } as const)
const order = fc.constantFrom('=', '!=', '<', '<=', '>', '>=') as fc.Arbitrary<'='>
const any = fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '~', '^=', '$=') as fc.Arbitrary<'='>
const same = fc.constantFrom('=', '!=') as fc.Arbitrary<'='>
const compare = (
  field: fc.Arbitrary<string>,
  operator: fc.Arbitrary<'='>,
  value: fc.Arbitrary<Extract<Filter, { op: 'compare' }>['value']>,
): fc.Arbitrary<Filter> => fc.record({ op: fc.constant('compare' as const), field, operator, value })
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.constant<Filter>({ op: 'all' }),
  compare(fc.constantFrom('subject', 'name'), any, text),
  compare(fc.constant('thumbprint'), any, hexText),
  compare(fc.constant('notAfter'), order, instant),
  compare(fc.constantFrom('subject', 'name', 'notAfter', 'thumbprint'), same, nothing),
  fc.record({
    op: fc.constant('in' as const),
    field: fc.constant('name'),
    values: fc.array(text, { minLength: 1, maxLength: 3 }),
  }),
)
const filters = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({
      op: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ op: fc.constant('not' as const), term: tie('filter') }),
  ),
})).filter

const rows = fc.array(
  fc.record(
    {
      name: fc.string({ maxLength: 4 }),
      subject: fc.string({ maxLength: 6 }),
      thumbprint: fc.stringMatching(/^[0-9A-F]{8}$/),
      notAfter: fc
        .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
        .map((date) => `${date.toISOString().slice(0, 19)}Z`),
    },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 8 },
)

test('when a filter is printed and parsed again then it finds the same', () => {
  fc.assert(
    fc.property(filters, rows, fc.constantFrom('id' as const, 'name' as const), (filter, some, idField) => {
      const printed = printODataFilter(filter, idField)
      fc.pre(printed !== undefined && printed.length <= 2048 && !/\/certificates\//.test(printed))
      const [before, after] = [filter, parseODataFilter(printed)].map((each) =>
        toPredicate(each, 'certificate', NOW),
      )
      for (const row of some) expect(after!(row as JsonObject)).toBe(before!(row as JsonObject))
    }),
  )
})

test('when a filter speaks of what the vendor does not tell then it is not printed', () => {
  const value = { type: 'text', value: 'x' } as const
  expect(printODataFilter({ op: 'compare', field: 'issuer', operator: '=', value }, 'id')).toBeUndefined()
  expect(
    printODataFilter(
      { op: 'compare', field: 'notAfter', operator: '<', value: { type: 'duration', seconds: 1 } },
      'id',
    ),
  ).toBeUndefined()
})
