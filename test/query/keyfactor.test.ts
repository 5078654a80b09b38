import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { toPredicate } from '../../src/query/predicate.ts'
import { parseFilter } from '../../src/query/parse.ts'
import { parseKeyfactorQuery } from '../../src/query/keyfactor-parse.ts'
import { narrowKeyfactorQuery } from '../../src/query/keyfactor-narrow.ts'
import { printFilter } from '../../src/query/print.ts'
import { printKeyfactorQuery } from '../../src/query/keyfactor-print.ts'
import type { Filter } from '../../src/domain/filter.ts'

const NOW = new Date('2026-03-01T12:00:00Z')

const row = (cn: string, more: object = {}) => ({
  id: '12',
  subject: `CN=${cn},O=Example,ST=Ohio`,
  subjectAttributes: [
    [{ type: 'O', oid: '2.5.4.10', value: 'Example', encoding: 'utf8' }],
    [{ type: 'CN', oid: '2.5.4.3', value: cn, encoding: 'utf8' }],
  ],
  issuer: 'CN=Root,O=Example',
  thumbprint: 'ABCDEF0123456789ABCDEF0123456789ABCDEF01',
  serialNumber: 'a1b',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2026-06-01T00:00:00Z',
  importedAt: '2026-01-01T00:00:01Z',
  signatureAlgorithm: 'ecdsa-with-SHA256',
  basicConstraints: null,
  ...more,
})

const fits = (query: string, candidate: object): boolean =>
  toPredicate(parseKeyfactorQuery(query), 'certificate', NOW)(candidate as never)

const words = fc.constantFrom('web', 'WEB.example', 'a b', 'x,y', 'q"q', 'corp', '*.corp')
const leaf: fc.Arbitrary<Filter> = fc.record({
  op: fc.constant('compare' as const),
  field: fc.constant('cn'),
  operator: fc.constantFrom('=', '!=', '~', '^=', '$=') as fc.Arbitrary<'='>,
  value: words.map((value) => ({ type: 'text' as const, value })),
})
const { tree } = fc.letrec<{ tree: Filter }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({
      op: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ op: fc.constant('not' as const), term: tie('tree') }),
  ),
}))

describe('a query of Keyfactor Command', () => {
  test.each([
    ['IssuedCN -eq "web.example"', true],
    ['issuedcn -EQ "WEB.EXAMPLE"', true],
    ['CN -startswith "web" and CN -endswith "example"', true],
    ['IssuedCN -contains "nope"', false],
    ['IssuedCN -notcontains "nope"', true],
    ['(IssuedCN -eq "x")AND Thumbprint -eq "y"', false],
    [
      '(IssuedCN -eq "web.example")AND Thumbprint -eq "AB:CD:EF:01:23:45:67:89:ab:cd:ef:01:23:45:67:89:AB:CD:EF:01"',
      true,
    ],
    ['IssuedDN -eq "CN=web.example, O=Example, ST=Ohio"', true],
    ['IssuedDN -eq "CN=web.example,O=Example,ST=Ohio"', true],
    ['CertState -eq "1"', true],
    ['CertState -eq 1', true],
    ['CertState -eq 6', false],
    ['CertState -ne 6', true],
    ['CertState -eq 4', false],
    ['CertState -eq "constructor"', false],
    ['CertState -ne __proto__', true],
    ['KeyType -eq toString', false],
    ['SigningAlgorithm -eq "SHA-256withECDSA"', true],
    ['SigningAlgorithm -eq "ecdsa-with-SHA256"', true],
    ['SigningAlgorithm -ne "SHA-256withRSA"', true],
    ['RevocationEffDate -eq NULL', true],
    ['RevocationEffDate -ne NULL', false],
    ['HasPrivateKey -eq true', false],
    ['HasPrivateKey -eq "False"', true],
    ['IssuedDate -ge "2025-12-31" AND ExpirationDate -lt "2026-07-01"', true],
    ['ExpirationDate -le "%TODAY+30%"', false],
    ['ExpirationDate -gt %TODAY%', true],
    ['NOT (CertId -eq 12 OR CertId -eq 13)', false],
    ['CertId -gt 11', true],
    ['SerialNumber -eq "0A1B"', true],
    ['', true],
  ])('%s answers %s', (query, expected) => {
    expect(fits(query, row('web.example'))).toBe(expected)
  })

  test.each([
    ['IssuedCN', /operator .* is missing/],
    ['IssuedCN -eq', /value is missing/],
    ['IssuedCN -like "x"', /operator .*expected instead of "-like"/],
    ['IssuedCM -eq "x"', /unknown field "IssuedCM" at column 1/],
    ['IssuedCN -eq "x', /quotation mark is not closed at column 14/],
    ['(IssuedCN -eq "x"', /closing bracket is missing/],
    ['IssuedCN -eq "x")', /AND or OR is expected instead of "\)"/],
    ['IssuedCN -eq "x" IssuedCN -eq "y"', /AND or OR/],
    ['ExpirationDate -lt "tomorrow"', /"tomorrow" is no time/],
    ['CertState -gt 1', /a code is compared/],
    ['KeySize -eq "big"', /"big" is no number/],
    [`${'('.repeat(60)}IssuedCN -eq "x"${')'.repeat(60)}`, /more than 50 brackets/],
  ])('%s is refused', (query, message) => {
    expect(() => parseKeyfactorQuery(query)).toThrow(message)
  })

  test('a quotation mark in a value is written twice', () => {
    expect(fits('IssuedCN -eq "say ""hi"""', row('say "hi"'))).toBe(true)
  })
})

describe('a filter pushed down', () => {
  test.each([
    ['cn = web', 'IssuedDN -contains "CN=web"'],
    [
      'thumbprint = AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01',
      'Thumbprint -eq "ABCDEF0123456789ABCDEF0123456789ABCDEF01"',
    ],
    ['id in (1, 2)', '(CertId -eq 1) OR (CertId -eq 2)'],
    ['cn = web or expires < 30d', undefined],
    ['cn = web and expires < 30d', 'IssuedDN -contains "CN=web"'],
    ['not cn = web', undefined],
    ['cn = "a,b"', undefined],
    ['notBefore >= 2026-02-01', 'IssuedDate -ge "2026-01-31"'],
  ])('%s asks the server %s', (text, expected) => {
    const filter = parseFilter(text, 'certificate')
    expect(narrowKeyfactorQuery(filter)).toBe(expected)
  })

  test('what the server lets pass includes all that the filter does', () => {
    const outcome = fc.check(
      fc.property(tree, words, (filter, cn) => {
        const query = narrowKeyfactorQuery(filter)
        const candidate = row(cn)
        const wanted = toPredicate(filter, 'certificate', NOW)(candidate as never)
        return query === undefined || !wanted || fits(query, candidate)
      }),
      { numRuns: 500 },
    )
    expect(outcome.failed, fc.defaultReportMessage(outcome)).toBe(false)
  })
})

describe('a filter said in another language', () => {
  test.each([
    'cn = web',
    'cn ~ "a \\"b\\"" and not (state = revoked or tags = x)',
    'id in (1, 2, 3)',
    'expires < 30d',
    'notAfter >= 2026-01-31T00:00:00Z',
    'hasKey = true and publicKey.size >= 2048',
    'name = null',
    'name = "and"',
    'revocation.date != null',
  ])('%s reads back as the same filter in our own', (text) => {
    const filter = parseFilter(text, 'certificate')
    expect(parseFilter(printFilter(filter), 'certificate')).toEqual(filter)
  })

  test.each([
    ['cn = web', 'IssuedCN -eq "web"'],
    ['cn ~ a and thumbprint ~ AB', '(IssuedCN -contains "a") AND (Thumbprint -contains "AB")'],
    ['expires < 30d', 'ExpirationDate -lt "%TODAY+30%"'],
    ['not hasKey = true', 'NOT (HasPrivateKey -eq true)'],
    ['name = null', 'Name -eq NULL'],
    ['publicKey.type = ec', undefined],
    ['expires < 30h', undefined],
  ])('%s is %s', (text, expected) => {
    expect(printKeyfactorQuery(parseFilter(text, 'certificate'))).toBe(expected)
  })

  test('what is said in the vendor’s language means the same there', () => {
    const outcome = fc.check(
      fc.property(tree, words, (filter, cn) => {
        const query = printKeyfactorQuery(filter)
        const wanted = toPredicate(filter, 'certificate', NOW)(row(cn) as never)
        return query !== undefined && fits(query, row(cn)) === wanted
      }),
      { numRuns: 300 },
    )
    expect(outcome.failed, fc.defaultReportMessage(outcome)).toBe(false)
  })
})
