import { setImmediate as turn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { realFiles, type Files } from '../../../src/repository/directory/files.ts'
import { openDirectory } from '../../../src/repository/directory/open.ts'
import { addCertificates, certificate, trashCertificate } from '../material.ts'
import { newStore, options } from './stores.ts'

/** A store with certificate 1, read so often that looks are shared, and how often its file was opened since. */
async function world() {
  const opened = { count: 0 }
  const files = (root: string): Files => {
    const real = realFiles(root)
    const counted = (path: string): void => void (/^certificates\b/.test(path) && opened.count++)
    return {
      ...real,
      read: (path) => (counted(path), real.read(path)),
      readPart: (path, ...part) => (counted(path), real.readPart(path, ...part)),
    }
  }
  const { path, repository } = await newStore({ files })
  await addCertificates(repository, 1)
  for (let at = 0; at < 20; at++) await repository.read('certificate', '1')
  await turn()
  opened.count = 0
  return { path, repository, opened }
}

test('when a record is found and read more than once in a turn then its file is opened once', async () => {
  const { repository, opened } = await world()
  const [found] = await repository.find('certificate', { by: 'id', id: '1' })
  const read = await repository.read('certificate', '1')
  expect(read?.revision).toBe(found?.revision)
  expect(await repository.read('certificate', '1')).toBe(read)
  expect(opened.count).toBe(1)
  await turn()
  expect(await repository.read('certificate', '1')).toEqual(read)
  expect(opened.count).toBe(2)
  await repository.close()
})

test('when this process changes a record then the next look shows the change, in the same turn too', async () => {
  const { repository } = await world()
  const before = await repository.read('certificate', '1')
  const read = await repository.write(async (tx) => {
    const record = certificate('1', { friendlyName: 'changed' })
    await tx.put(record, 'any', { action: 'edit', kind: 'certificate', id: '1' })
    // looked at while the change is not there yet
    return repository.read('certificate', '1')
  })
  expect(read).toEqual(before)
  expect((await repository.read('certificate', '1'))?.fields).toMatchObject({ friendlyName: 'changed' })
  const [found] = await repository.find('certificate', { by: 'id', id: '1' })
  expect(found?.row).toMatchObject({ friendlyName: 'changed' })
  await trashCertificate(repository, '1')
  expect(await repository.read('certificate', '1')).toBeUndefined()
  expect(await repository.find('certificate', { by: 'id', id: '1' })).toEqual([])
  await repository.close()
})

test('when another process changes a record then who has the new version never sees the record of before', async () => {
  const { path, repository } = await world()
  const other = await openDirectory(path, options())
  // the turn lasts as long as the test
  vi.useFakeTimers({ toFake: ['setImmediate'] })
  try {
    const before = await repository.version()
    await repository.find('certificate', { by: 'id', id: '1' })
    await repository.read('certificate', '1')
    const record = certificate('1', { friendlyName: 'changed' })
    await other.write((tx) => tx.put(record, 'any', { action: 'edit', kind: 'certificate', id: '1' }))
    expect(await repository.version()).not.toBe(before)
    const [found] = await repository.find('certificate', { by: 'id', id: '1' })
    expect(found?.row).toMatchObject({ friendlyName: 'changed' })
    expect((await repository.read('certificate', '1'))?.fields).toMatchObject({ friendlyName: 'changed' })
  } finally {
    vi.useRealTimers()
    await Promise.all([repository.close(), other.close()])
  }
})
