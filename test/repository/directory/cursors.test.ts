import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import { newStore, withStore } from './stores.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const storeOf = async (count: number): Promise<Repository> => (await filled(count)).repository

async function filled(count: number): ReturnType<typeof newStore> {
  const made = await newStore()
  const { repository } = made
  await repository.write(async (tx) => {
    for (let at = 0; at < count; at++) {
      const id = await tx.nextId('collection')
      const fields = { name: `collection-${id}`, filter: 'subject ~ "a"' }
      await tx.put({ kind: 'collection', id, fields }, 'absent', { action: 'create', kind: 'collection', id })
    }
  })
  return made
}

/** Much work between two rows, as a server has it. */
async function pause(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
  }
}

test('when memory is collected while a listing waits then it goes on', async () => {
  const repository = await storeOf(5)
  const ids: string[] = []
  for await (const { id } of repository.list('collection', EVERYTHING)) {
    ids.push(id)
    await pause()
  }
  expect(ids).toHaveLength(5)
  await repository.close()
})

test('when memory is collected before a listing is left early then nothing is lost', async () => {
  const repository = await storeOf(5)
  for (let turn = 0; turn < 5; turn++)
    for await (const { id } of repository.list('collection', EVERYTHING)) {
      expect(id).toBe('1')
      await pause()
      break
    }
  expect(await repository.count('collection', EVERYTHING)).toBe(5)
  await repository.close()
})

test('when another process builds the index anew while a listing runs then the listing goes on', async () => {
  const { path, repository } = await filled(5)
  const ids: string[] = []
  for await (const { id } of repository.list('collection', EVERYTHING)) {
    ids.push(id)
    if (id !== '2') continue
    rmSync(join(path, 'index.sqlite'))
    expect(await withStore(path, (other) => other.count('collection', EVERYTHING))).toBe(5)
    expect(await repository.count('collection', EVERYTHING)).toBe(5)
  }
  expect(ids).toHaveLength(5)
  await repository.close()
})

test('when equal listings run at once then each has its own rows', async () => {
  const repository = await storeOf(5)
  const pairs: string[] = []
  for await (const one of repository.list('collection', EVERYTHING))
    for await (const other of repository.list('collection', EVERYTHING)) pairs.push(`${one.id} ${other.id}`)
  expect(new Set(pairs).size).toBe(25)
  await repository.write(async (tx) => {
    const inside: string[] = []
    for await (const one of tx.list('collection', EVERYTHING))
      for await (const other of tx.list('collection', EVERYTHING)) inside.push(`${one.id} ${other.id}`)
    expect(inside).toEqual(pairs)
  })
  await repository.close()
})

test('while a long listing runs others have their turn', async () => {
  const repository = await storeOf(3000)
  let turns = 0
  let timer = setImmediate(function next() {
    turns++
    timer = setImmediate(next)
  })
  let rows = 0
  for await (const _ of repository.list('collection', EVERYTHING)) rows++
  clearImmediate(timer)
  expect(rows).toBe(3000)
  expect(turns).toBeGreaterThan(4)
  await repository.close()
})
