import { describe, expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import { compareRows, parseSort } from '../../src/query/sort.ts'
import { NOW } from './rows.ts'

const order = (sort: string, rows: Record<string, unknown>[]): unknown[] =>
  (JSON.parse(JSON.stringify(rows)) as { id: string }[])
    .sort(compareRows(parseSort(sort, 'certificate'), 'certificate', NOW))
    .map(({ id }) => id)

describe('a sort', () => {
  test('names fields by weight, a minus turns one round', () => {
    expect(parseSort('-notAfter, NAME,+serial', 'certificate')).toEqual([
      { field: 'notAfter', descending: true },
      { field: 'name', descending: false },
      { field: 'serialNumber', descending: false },
    ])
    expect(parseSort('', 'certificate')).toEqual([])
  })

  test.each([
    ['nme', 1, 'unknown sort field "nme"', 'did you mean name?'],
    ['name,-expire', 7, 'unknown sort field "expire"', 'did you mean expires?'],
    ['san', 1, 'cannot sort by subjectAltName', ''],
    ['name,', 6, 'unknown sort field ""', ''],
  ])('is refused when it is %j, at column %i', (text, column, message, advice) => {
    expect(() => parseSort(text, 'certificate')).toThrowError(
      expect.toSatisfy(
        (error) =>
          isCertmanError(error, 'filter.invalid') &&
          error.message === `${message} at column ${column} of the sort` &&
          error.hint.includes(advice),
      ),
    )
  })

  test('orders ids as numbers and breaks ties by them', () => {
    expect(order('', [{ id: '10' }, { id: '9' }, { id: '1' }])).toEqual(['1', '9', '10'])
    expect(order('-id', [{ id: '9' }, { id: '10' }])).toEqual(['10', '9'])
    const same = [
      { id: '10', name: 'x' },
      { id: '2', name: 'X' },
    ]
    expect(order('-name', same)).toEqual(['2', '10'])
  })

  test('puts absent values last in both directions', () => {
    const rows = [{ id: '1' }, { id: '2', name: 'b' }, { id: '3', name: null }, { id: '4', name: 'A' }]
    expect(order('name', rows)).toEqual(['4', '2', '1', '3'])
    expect(order('-name', rows)).toEqual(['2', '4', '1', '3'])
  })

  test('by expires follows notAfter, by age turns notBefore round', () => {
    const rows = [
      { id: '1', notBefore: '2020-01-01T00:00:00Z', notAfter: '2030-01-01T00:00:00Z' },
      { id: '2', notBefore: '2024-01-01T00:00:00Z', notAfter: '2026-01-01T00:00:00Z' },
    ]
    expect(order('expires', rows)).toEqual(['2', '1'])
    expect(order('age', rows)).toEqual(['2', '1'])
    expect(order('-age', rows)).toEqual(['1', '2'])
  })

  test('by state puts what works first and what is revoked last', () => {
    const dates = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2030-01-01T00:00:00Z' }
    const rows = [
      { id: '1', ...dates, revocation: { date: 'x' } },
      { id: '2', ...dates, notAfter: '2021-01-01T00:00:00Z' },
      { id: '3', ...dates },
      { id: '4', ...dates, supersededBy: '3' },
    ]
    expect(order('state', rows)).toEqual(['3', '2', '4', '1'])
  })
})
