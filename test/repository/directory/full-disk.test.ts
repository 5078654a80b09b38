import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { realFiles, type Files } from '../../../src/repository/directory/files.ts'
import { addCertificates } from '../material.ts'
import { newStore, withStore } from './stores.ts'

const noRoom = (): never => {
  throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
}

/** Files on a disk without a free block: what is there can be read and taken away. */
const fullDisk = (root: string): Files => ({
  ...realFiles(root),
  write: noRoom,
  writeAt: noRoom,
  makeFolder: noRoom,
})

test('on a full disk without a usable index, a store is read all the same, and writing says why not', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 10)
  await repository.close()
  for (const name of ['index.sqlite', 'index.sqlite-wal', 'index.sqlite-shm'])
    rmSync(join(path, name), { force: true })
  const onFullDisk = { files: fullDisk }
  const count = await withStore(path, (store) => store.count('certificate', EVERYTHING), onFullDisk)
  expect(count).toBe(10)
  const adding = withStore(path, (store) => addCertificates(store, 1), onFullDisk)
  await expect(adding).rejects.toMatchObject({ code: 'store.full' })
  expect(await withStore(path, (store) => addCertificates(store, 1))).toEqual(['11'])
})
