import { describe, expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { parseFilter } from '../../src/query/parse.ts'
import { toPredicate } from '../../src/query/predicate.ts'
import { listFilter, type Shortcuts } from '../../src/query/shortcuts.ts'
import { NOW } from './rows.ts'

const ROWS: readonly JsonObject[] = [
  {
    id: '1',
    name: 'web',
    notAfter: '2025-06-20T00:00:00Z',
    tags: ['a', 'b'],
    subject: 'CN=Web',
    keyId: 'ff',
  },
  { id: '2', name: 'old', notAfter: '2025-06-01T00:00:00Z', tags: ['a'], subject: 'CN=Old' },
  {
    id: '3',
    name: 'far',
    notAfter: '2035-01-01T00:00:00Z',
    tags: [],
    subject: 'CN=Far',
    publicKey: { type: 'ec' },
  },
  { id: '4', name: 'web', notAfter: '2025-06-20T00:00:00Z', tags: [], subject: 'CN=Web', supersededBy: '1' },
].map((row) => ({ notBefore: '2020-01-01T00:00:00Z', ...row }))

const listed = (given: Parameters<typeof listFilter>[0]): unknown[] =>
  ROWS.filter(toPredicate(listFilter(given, 'certificate'), 'certificate', NOW)).map(({ id }) => id)

const short = (shortcuts: Shortcuts): unknown[] => listed({ shortcuts })

describe('list', () => {
  test('hides what is superseded, unless all is asked for or the filter speaks of it', () => {
    expect(listed({})).toEqual(['1', '2', '3'])
    expect(listed({ all: true })).toEqual(['1', '2', '3', '4'])
    expect(listed({ filter: 'state = superseded' })).toEqual(['4'])
    expect(listed({ filter: 'supersededBy = 1 or id = 2' })).toEqual(['2', '4'])
    expect(listed({ shortcuts: { state: ['superseded,expired'] } })).toEqual(['2', '4'])
    expect(listFilter({}, 'request')).toEqual({ op: 'all' })
  })

  test('with --expiring shows what is valid now and ends in that time', () => {
    expect(short({ expiring: '30d' })).toEqual(['1'])
    expect(short({ expiring: '30' })).toEqual(['1'])
    expect(short({ expiring: '4d' })).toEqual([])
    expect(short({ expired: true })).toEqual(['2'])
  })

  test('joins its flags by and', () => {
    expect(short({ subject: 'web' })).toEqual(['1'])
    expect(short({ name: 'WEB', hasKey: true })).toEqual(['1'])
    expect(short({ name: 'web', hasKey: false })).toEqual([])
    expect(short({ tag: ['a', 'b'] })).toEqual(['1'])
    expect(short({ tag: ['a'] })).toEqual(['1', '2'])
    expect(short({ keyType: 'ec' })).toEqual(['3'])
    expect(listed({ filter: 'tag = a', shortcuts: { expired: true } })).toEqual(['2'])
  })

  test('joins a filter with or as a whole', () => {
    expect(listed({ filter: 'id = 1 or id = 2', shortcuts: { expired: true } })).toEqual(['2'])
  })

  test('takes the text of a flag as it is, not as a filter', () => {
    const name = 'x" or id = 2'
    expect(listFilter({ shortcuts: { name }, all: true }, 'certificate')).toEqual({
      op: 'compare',
      field: 'name',
      operator: '=',
      value: { type: 'text', value: name },
    })
    expect(listFilter({ shortcuts: { name: 'null' }, all: true }, 'certificate')).not.toEqual(
      parseFilter('name = null', 'certificate'),
    )
  })

  test.each<[Shortcuts, 'certificate' | 'key', string]>([
    [{ expiring: 'soon' }, 'certificate', 'filter.invalid'],
    [{ state: ['valdi'] }, 'certificate', 'filter.invalid'],
    [{ keyType: 'rsa-2048' }, 'certificate', 'filter.invalid'],
    [{ keyType: 'foo' }, 'key', 'filter.invalid'],
    [{ subject: 'x' }, 'key', 'cli.usage'],
    [{ expiring: '3d' }, 'key', 'cli.usage'],
  ])('refuses %j for a %s as %s', (shortcuts, kind, code) => {
    expect(() => listFilter({ shortcuts }, kind)).toThrowError(
      expect.toSatisfy((error) => isCertmanError(error) && error.code === code),
    )
  })
})
