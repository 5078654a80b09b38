import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { Query } from '../../src/domain/filter.ts'
import { certificateState } from '../../src/domain/records.ts'
import { MemoryHost } from '../../src/repository/directory/index-host.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { parseFilter } from '../../src/query/parse.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { newStore } from './directory/stores.ts'
import { addCertificates } from './material.ts'

const REVOKED = { revocation: { date: '2026-03-02T00:00:00Z', reason: 'keyCompromise' } }

/** One of every state, texts that need escapes, and one whose file has a field called `state`. */
async function filled(repository: Repository): Promise<Repository> {
  for (const fields of [{}, REVOKED, { supersededBy: '1' }, { ...REVOKED, supersededBy: '1' }])
    await addCertificates(repository, 2, fields)
  await addCertificates(repository, 1, { friendlyName: '"\\\u202e\u0000ü漢' })
  await addCertificates(repository, 1, { state: 'mine', name: 'x' })
  return repository
}

const ALL: Query = { filter: parseFilter('id >= 1', 'certificate'), sort: [] }

/** What the texts have to say, from the rows. */
async function expected(repository: Repository, query: Query, now: Date): Promise<string[]> {
  const texts: string[] = []
  for await (const { row } of repository.list('certificate', query)) {
    const fields = row as unknown as Parameters<typeof certificateState>[0] &
      Parameters<typeof certificateState>[1]
    texts.push(JSON.stringify({ ...row, state: certificateState(fields, fields, now) } as JsonObject))
  }
  return texts
}

async function textsOf(repository: Repository, query: Query): Promise<string[]> {
  const texts: string[] = []
  for await (const piece of repository.texts('certificate', query)) texts.push(...piece)
  return texts
}

describe.each([
  ['memory', () => Promise.resolve(memoryRepository(describeRecord, frozenAmbient()))],
  ['directory', async () => (await newStore()).repository],
] as const)('%s', (_, open) => {
  test('texts are the rows with the state of each certificate last', async () => {
    const repository = await filled(await open())
    const texts = await textsOf(repository, ALL)
    expect(texts).toHaveLength(10)
    expect(texts).toEqual(await expected(repository, ALL, frozenAmbient().now()))
    expect(new Set(texts.map((text) => (JSON.parse(text) as JsonObject)['state'])).size).toBeGreaterThan(2)
  })

  test('texts come in the order of the query, from offset to limit', async () => {
    const repository = await filled(await open())
    const query: Query = { ...ALL, sort: [{ field: 'id', descending: true }], limit: 3, offset: 2 }
    const ids = (await textsOf(repository, query)).map((text) => (JSON.parse(text) as JsonObject)['id'])
    expect(ids).toEqual(['8', '7', '6'])
  })

  test('nothing found is no text', async () => {
    expect(await textsOf(await open(), ALL)).toEqual([])
  })
})

test('an index in memory has texts too', () => {
  expect([...new MemoryHost().texts('certificate', ALL, new Date(0))].flat()).toEqual([])
})
