import { describe, expect, test } from 'vitest'
import { countRows, filterForServer, listRows, type ListingOptions } from '../../src/dialects/listing.ts'
import type { Query } from '../../src/domain/filter.ts'
import { parseFilter } from '../../src/query/parse.ts'
import { listFilter } from '../../src/query/shortcuts.ts'
import { parseSort } from '../../src/query/sort.ts'
import type { ListedRecord } from '../../src/store/store.ts'

const options: ListingOptions = { kind: 'certificate', now: new Date('2026-01-01T00:00:00Z') }

const row = (id: number): ListedRecord => ({
  id: String(id),
  name: `n${id % 10}`,
  notBefore: '2025-01-01T00:00:00Z',
  notAfter: `2026-0${(id % 9) + 1}-01T00:00:00Z`,
})

/** Pages of ten, and how many were asked for. */
function pagesOf(count: number) {
  const asked = { pages: 0 }
  async function* pages(): AsyncIterable<readonly ListedRecord[]> {
    for (let start = 0; start < count; start += 10) {
      asked.pages++
      yield Array.from({ length: Math.min(10, count - start) }, (_, at) => row(start + at))
    }
  }
  return { pages: pages(), asked }
}

const query = (parts: Partial<Query> = {}): Query => ({ filter: { op: 'all' }, sort: [], ...parts })

async function idsOf(rows: AsyncIterable<ListedRecord>): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of rows) ids.push(id)
  return ids
}

describe('a listing over pages', () => {
  test('when there is a limit then no page is asked for beyond it', async () => {
    const { pages, asked } = pagesOf(1000)
    expect(await idsOf(listRows(pages, query({ limit: 10 }), options))).toHaveLength(10)
    expect(asked.pages).toBe(1)
  })

  test('when the limit is nothing then nothing is asked for', async () => {
    const { pages, asked } = pagesOf(100)
    expect(await idsOf(listRows(pages, query({ limit: 0 }), options))).toEqual([])
    expect(asked.pages).toBe(0)
  })

  test('when the vendor has no filter then rows are tested here, before offset and limit', async () => {
    const filter = parseFilter('name = n3', 'certificate')
    const { pages } = pagesOf(100)
    expect(await idsOf(listRows(pages, query({ filter, offset: 2, limit: 2 }), options))).toEqual([
      '23',
      '33',
    ])
  })

  test('when the vendor did the filter then it is not done again', async () => {
    const filter = parseFilter('name = other', 'certificate')
    const { pages } = pagesOf(20)
    const rows = listRows(pages, query({ filter, offset: 5, limit: 3 }), { ...options, isFiltered: true })
    expect(await idsOf(rows)).toEqual(['5', '6', '7'])
  })

  test('when it is sorted then the order is that of local stores', async () => {
    const { pages, asked } = pagesOf(30)
    const sort = parseSort('-notAfter,name', 'certificate')
    expect(await idsOf(listRows(pages, query({ sort, limit: 3 }), options))).toEqual(['26', '17', '8'])
    expect(asked.pages).toBe(3)
  })

  test('when it is sorted with a limit then all rows count, though few are kept', async () => {
    const { pages } = pagesOf(9_000)
    const sort = parseSort('-id', 'certificate')
    expect(await idsOf(listRows(pages, query({ sort, offset: 1, limit: 2 }), options))).toEqual([
      '8998',
      '8997',
    ])
  })

  test('when a vendor knows only that there is a key then hasKey finds it', async () => {
    async function* pages(): AsyncIterable<readonly ListedRecord[]> {
      yield [{ ...row(1), hasPrivateKey: true }, { ...row(2), hasPrivateKey: false }, row(3)]
    }
    const filter = parseFilter('hasKey = true', 'certificate')
    const rows = listRows(pages(), query({ filter }), options)
    expect(await idsOf(rows)).toEqual(['1'])
  })

  test('when rows are counted then those that fit count', async () => {
    const filter = parseFilter('name = n3', 'certificate')
    expect(await countRows(pagesOf(100).pages, { filter }, options)).toBe(10)
  })

  test('when the filter names no field then no page is asked for', async () => {
    const { pages, asked } = pagesOf(10)
    const filter = {
      op: 'compare',
      field: 'nothing',
      operator: '=',
      value: { type: 'text', value: 'x' },
    } as const
    await expect(idsOf(listRows(pages, query({ filter }), options))).rejects.toMatchObject({
      code: 'filter.invalid',
    })
    expect(asked.pages).toBe(0)
  })
})

test('when list hides superseded certificates then a server is not asked about that', () => {
  const asked = (text: string, all = false) =>
    filterForServer(listFilter({ ...(text !== '' && { filter: text }), all }, 'certificate'))
  expect(asked('')).toEqual({ op: 'all' })
  expect(asked('name = a')).toEqual(parseFilter('name = a', 'certificate'))
  expect(asked('name = a or cn = b')).toEqual(parseFilter('name = a or cn = b', 'certificate'))
  expect(asked('', true)).toEqual({ op: 'all' })
})
