import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import { serviceFilter, storeFilter } from '../../../src/dialects/azure-apim/map-filter.ts'
import { wireId, wireSubject } from '../../../src/dialects/azure-apim/map.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { parseODataFilter } from '../../../src/query/odata-parse.ts'
import { printODataFilter } from '../../../src/query/odata-print.ts'
import { toPredicate } from '../../../src/query/predicate.ts'
import type { ListedRecord } from '../../../src/store/store.ts'
import { formatName } from '../../../src/x509/name.ts'

const NOW = new Date('2026-03-01T12:00:00Z')

const OIDS = [
  ['CN', '2.5.4.3'],
  ['O', '2.5.4.10'],
  ['ST', '2.5.4.8'],
  ['emailAddress', '1.2.840.113549.1.9.1'],
  // RFC 4514 writes its value in hex, .NET in words
  ['1.2.3.4', '1.2.3.4'],
] as const
const attribute = fc
  .tuple(
    fc.constantFrom(...OIDS),
    fc.constantFrom('web', 'Web', 'a, b', 'x"y', ' z', '', 'S=1', 'ST', 'web site', 'web-1.oid'),
  )
  .map(([[type, oid], value]) => ({ type, oid, value, encoding: 'utf8' }))
const name = fc.array(
  attribute.map((each) => [each]),
  { minLength: 1, maxLength: 3 },
)

const THUMBPRINTS = ['446581AC', '99AA00BB'].map((part) => part.repeat(5))

/** A record of a store. */
const record = fc
  .record({
    id: fc.integer({ min: 1, max: 30 }).map(String),
    name: fc.option(fc.constantFrom('web', 'Web', '7', 'b2'), { nil: undefined }),
    attributes: name,
    thumbprint: fc.constantFrom(...THUMBPRINTS),
    notAfter: fc.constantFrom('2026-03-01T12:00:00Z', '2026-03-02T12:00:00Z', '2016-08-21T21:10:42Z'),
  })
  .map(({ attributes, name: handle, ...rest }): ListedRecord => ({
    ...rest,
    ...(handle !== undefined && { name: handle }),
    subject: formatName(attributes),
    subjectAttributes: attributes as unknown as JsonObject[],
  }))

const entity = (row: ListedRecord): JsonObject => ({
  ...row,
  name: wireId(row) ?? row.id,
  subject: wireSubject(row),
})

const words = fc.constantFrom(
  'web',
  'CN=web',
  'CN=web, O=web',
  'CN="a, b"',
  'ST',
  'S=',
  'O=Web',
  'E=web',
  'w',
  '7',
  'WEB SITE',
  'b-1',
  'eb',
  'oid',
  '2.3',
  'web-1.oid',
)
const odata = fc.oneof(
  fc
    .tuple(fc.constantFrom('id', 'subject', 'thumbprint'), fc.constantFrom('eq', 'ne', 'lt', 'ge'), words)
    .map(([field, operator, value]) => `${field} ${operator} '${value}'`),
  fc
    .tuple(fc.constantFrom('startswith', 'endswith', 'contains'), fc.constantFrom('id', 'subject'), words)
    .map(([by, field, value]) => `${by}(${field},'${value}')`),
  fc.constantFrom('lt', 'ge', 'eq').map((by) => `expirationDate ${by} datetime'2026-03-02T12:00:00'`),
)
const wholes = fc
  .tuple(odata, odata, fc.constantFrom('and', 'or'), fc.boolean())
  .map(([a, b, by, negated]) => `${negated ? 'not ' : ''}((${a}) ${by} not (${b}))`)

test('when a filter of the service is given to a store then what it finds is right, or more than that', () => {
  fc.assert(
    fc.property(wholes, fc.array(record, { minLength: 1, maxLength: 12 }), (text, rows) => {
      const wanted = parseODataFilter(text)
      const { filter, exact } = storeFilter(wanted)
      const [right, found] = [wanted, filter].map((each) => toPredicate(each, 'certificate', NOW))
      for (const row of rows) {
        const [isRight, isFound] = [right!(entity(row)), found!(row)]
        // an exact one finds the same; another may find more
        expect(isFound).toBe(exact ? isRight : isRight || isFound)
      }
    }),
    { numRuns: 500 },
  )
})

test('when a part of a subject is looked for then values that only .NET writes in words are among what a store is asked for', () => {
  const attributes = [[{ type: '1.2.3.4', oid: '1.2.3.4', value: 'web', encoding: 'utf8' }]] as const
  const row = { id: '1', subject: formatName(attributes), subjectAttributes: attributes as never }
  expect(row.subject).toBe('1.2.3.4=#0C03776562')
  const { filter, exact } = storeFilter(parseODataFilter("contains(subject,'WEB')"))
  expect([exact, toPredicate(filter, 'certificate', NOW)(row)]).toEqual([false, true])
  // a part of a key may stand anywhere
  expect(storeFilter(parseODataFilter("contains(subject,'oid.1')")).filter).toEqual({ op: 'all' })
})

const ours = fc.oneof(
  fc
    .tuple(fc.constantFrom('^=', '~', '$='), fc.constantFrom('446581AC', '44', '99aa', 'BB', 'ef'))
    .map(([by, value]) => `thumbprint ${by} ${value}`),
  fc
    .tuple(fc.constantFrom('=', '!='), fc.constantFrom(...THUMBPRINTS, 'ef'.repeat(20)))
    .map(([by, value]) => `thumbprint ${by} ${value}`),
  fc
    .tuple(fc.constantFrom('<', '<=', '>', '>=', '='), fc.constantFrom('1d', '0d', '-3650d', '90000s'))
    .map(([by, value]) => `expires ${by} ${value}`),
  fc
    .tuple(
      fc.constantFrom('<', '>='),
      fc.constantFrom('2026-03-02T12:00:00Z', '2026-03-01', '2026-03-01T12:00:00.5Z'),
    )
    .map(([by, value]) => `notAfter ${by} ${value}`),
  fc.constantFrom(
    'name = web',
    'name = 7',
    'id = 7',
    'name != 7',
    'subject ~ web',
    'cn = web',
    'supersededBy = null',
    'supersededBy != null',
    'serialNumber = 01',
    'serialNumber != 01',
    'fingerprint ^= 44',
    'state = valid',
    `thumbprint in (${THUMBPRINTS.join()})`,
  ),
)
const ourWholes = fc
  .tuple(ours, ours, fc.constantFrom('and', 'or'), fc.boolean(), fc.boolean())
  .map(([a, b, by, first, second]) => `${first ? 'not ' : ''}(${a} ${by} ${second ? 'not ' : ''}(${b}))`)

test('when a filter of ours is narrowed for the service then the service loses nothing, whatever it does with letter case', () => {
  // rows as the service tells them: the id is the name
  const told = record.map(({ thumbprint, notAfter, subject, subjectAttributes, ...row }): ListedRecord => {
    const id = wireId(row) ?? row.id
    return { id, name: id, thumbprint, notAfter, subject, subjectAttributes } as ListedRecord
  })
  fc.assert(
    fc.property(ourWholes, fc.array(told, { minLength: 1, maxLength: 12 }), (text, rows) => {
      const filter = parseFilter(text, 'certificate')
      const narrowed = serviceFilter(filter, NOW)
      const printed = printODataFilter(narrowed.filter, 'name')
      expect(printed).toBeDefined()
      const [right, asked] = [filter, parseODataFilter(printed!)].map((each) =>
        toPredicate(each, 'certificate', NOW),
      )
      for (const row of rows) {
        const [isRight, isAsked] = [right!(row), asked!(row)]
        expect(isAsked).toBe(narrowed.exact ? isRight : isRight || isAsked)
      }
    }),
    { numRuns: 500 },
  )
})
