import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { openDirectory } from '../../../src/repository/directory/open.ts'
import { repositoryContract } from '../../contracts/repository.ts'
import { addCertificates } from '../material.ts'
import { newStore, options, withStore } from './stores.ts'

// an installation without the optional dependency, on a Node without node:sqlite
vi.mock('../../../src/repository/directory/sqlite.ts', async (load) => ({
  ...(await load<object>()),
  hasSqlite: () => false,
}))

repositoryContract('directory without SQLite', async () => (await newStore()).repository)

test('without SQLite no database is made, and a store that has one is used all the same', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 10)
  await repository.close()
  expect(existsSync(join(path, 'index.sqlite'))).toBe(false)
  expect(await withStore(path, (reopened) => reopened.count('certificate', EVERYTHING))).toBe(10)
})

test('without SQLite another process is noticed by the change log', async () => {
  const { path, repository } = await newStore()
  await withStore(path, (other) => addCertificates(other, 3))
  expect(await repository.count('certificate', EVERYTHING)).toBe(3)
  await withStore(path, (other) => addCertificates(other, 1))
  expect(await addCertificates(repository, 1)).toEqual(['5'])
  await repository.close()
})

test('without SQLite the lock of a dead process is taken over, that of a live one is waited for', async () => {
  const { path, repository } = await newStore({ lockTimeoutMs: 60 })
  const lock = join(path, 'lock.json')
  const holder = { host: 'host', command: 'import', since: '2026-03-01T12:00:00.000Z' }
  writeFileSync(lock, JSON.stringify({ ...holder, pid: process.ppid }))
  const failure = await addCertificates(repository, 1).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'store.locked' })
  expect(String(failure)).toContain(`process ${process.ppid} on host (certman import)`)
  // the highest number that Linux gives; none of ours is
  writeFileSync(lock, JSON.stringify({ ...holder, pid: 4_194_304 }))
  expect(await addCertificates(repository, 1)).toEqual(['1'])
  await repository.close()
  expect(existsSync(lock)).toBe(false)
})

test('without SQLite two writers of one process wait for each other', async () => {
  const { path, repository } = await newStore()
  const other = await openDirectory(path, options())
  const given = await Promise.all(
    [...Array(10)].map((_, at) => addCertificates(at % 2 ? repository : other, 1)),
  )
  expect(new Set(given.flat()).size).toBe(10)
  expect(JSON.parse(readFileSync(join(path, 'store.json'), 'utf8')).nextIds.certificate).toBe(11)
  await Promise.all([repository.close(), other.close()])
})
