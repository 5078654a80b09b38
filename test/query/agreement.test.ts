import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../src/query/parse.ts'
import { toPredicate } from '../../src/query/predicate.ts'
import { compareRows } from '../../src/query/sort.ts'
import { openIndex } from './database.ts'
import { NOW, filter, row, sorts } from './rows.ts'

const rows = fc.array(row, { minLength: 1, maxLength: 12 })

describe.each([
  ['JSON only', false],
  ['folded columns', true],
])('SQL on %s and the predicate', (_, hot) => {
  const index = openIndex(hot)

  test('any filter selects the same rows in SQLite as the predicate does', () => {
    fc.assert(
      fc.property(rows, fc.array(filter, { minLength: 1, maxLength: 20 }), (table, filters) => {
        index.load(table)
        for (const one of filters) {
          const fits = toPredicate(one, 'certificate', NOW)
          expect(index.select(one)).toEqual(table.flatMap((each, at) => (fits(each) ? [at] : [])))
        }
      }),
      { numRuns: 500 },
    )
  })

  test('any sort orders the same in SQLite as compareRows does', () => {
    fc.assert(
      fc.property(rows, sorts, (table, by) => {
        index.load(table)
        const compare = compareRows(by, 'certificate', NOW)
        const expected = [...table.entries()]
          .sort(([i, a], [j, b]) => compare(a, b) || i - j)
          .map(([at]) => at)
        expect(index.sorted(by)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })
})

describe('when an index exists', () => {
  const index = openIndex(true)

  test.each([
    ['thumbprint ^= AB12', 'byThumbprint'],
    ['name = web', 'byName'],
    ['name ^= web', 'byName'],
    ['name in (web, mail)', 'byName'],
    ['expires < 30d', 'byNotAfter'],
    ['notAfter = 2027-01-31 and san ~ corp', 'byNotAfter'],
  ])('then %s is answered from %s', (text, name) => {
    expect(index.plan(parseFilter(text, 'certificate'))).toContain(name)
  })
})

test('when a filter has a thousand terms then SQLite takes it', () => {
  const index = openIndex(false)
  index.load([{ id: '7', name: 'n999', notAfter: '2030-01-01T00:00:00Z', thumbprint: 'AA' }])
  const terms = Array.from({ length: 1000 }, (_, i) => `name = n${i}`)
  expect(index.select(parseFilter(terms.join(' or '), 'certificate'))).toEqual([0])
  expect(index.select(parseFilter(terms.join(' and '), 'certificate'))).toEqual([])
  expect(
    index.select(parseFilter(`name in (${terms.map((_, i) => `n${i}`).join()})`, 'certificate')),
  ).toEqual([0])
})
