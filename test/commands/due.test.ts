import { expect, test } from 'vitest'
import type { Context } from '../../commands/context.ts'
import { dueRows } from '../../commands/due.ts'
import { collect } from '../../src/base/lists.ts'
import { EVERYTHING } from '../../src/domain/filter.ts'
import type { ListedRecord, Store } from '../../src/store/store.ts'
import { frozenAmbient } from '../support/ambient.ts'

// among a million the next one may be long in coming
test.each([
  [{ limit: 2 }, ['1', '2']],
  [{ limit: 1, offset: 2 }, ['3']],
  [{ limit: 0 }, []],
])('with %j no row is looked for beyond the last one', async (window, expected) => {
  const ids = ['1', '2', '3', '4', '5']
  async function* due(): AsyncIterable<ListedRecord> {
    for (let id = ids.shift(); id !== undefined; id = ids.shift()) yield { id }
  }
  const ctx = { ambient: frozenAmbient() } as Context
  const rows = await collect(dueRows(ctx, { due } as unknown as Store, { ...EVERYTHING, ...window }))
  expect(rows.map(({ id }) => id)).toEqual(expected)
  expect(ids).toHaveLength(5 - Number(expected.at(-1) ?? 0))
})
