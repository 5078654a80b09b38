import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { initDirectory } from '../../../src/repository/directory/init.ts'
import { realFiles, type Files } from '../../../src/repository/directory/files.ts'
import { addCertificates } from '../material.ts'
import { failingFiles } from './failing-files.ts'
import { newStore, options, temporaryFolder, withStore } from './stores.ts'

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

test('when there is room again then the next change puts the index back on the disk', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 10)
  await repository.close()
  rmSync(join(path, 'index.sqlite'))
  let isFull = true
  const files = (root: string): Files =>
    new Proxy(realFiles(root), {
      get: (real, name) => Reflect.get(isFull ? fullDisk(root) : real, name) as unknown,
    })
  await withStore(
    path,
    async (store) => {
      expect(await store.count('certificate', EVERYTHING)).toBe(10)
      isFull = false
      await addCertificates(store, 1)
    },
    { files },
  )
  expect(existsSync(join(path, 'index.sqlite'))).toBe(true)
  const onNotice = vi.fn<(line: string) => void>()
  expect(await withStore(path, (store) => store.count('certificate', EVERYTHING), { onNotice })).toBe(11)
  expect(onNotice).not.toHaveBeenCalled()
})

test('when the disk is full at any step of making a store, nothing half-made stays, and the next try makes it', async () => {
  const path = join(temporaryFolder(), 'pki')
  const init = (files: (root: string) => Files): Promise<void> =>
    initDirectory(path, options({ files })).then((store) => store.close())
  const whole = failingFiles()
  await init(whole.open)
  let refused = 0
  for (let at = 1; at <= whole.calls(); at++) {
    rmSync(path, { recursive: true, force: true })
    const { open } = failingFiles({ at, how: 'full' })
    const outcome = await init(open).then(
      () => 'made',
      (error: { readonly code: string }) => error.code,
    )
    // a step that takes away needs no room
    if (outcome === 'made') continue
    expect([at, outcome, existsSync(path)]).toEqual([at, 'store.full', false])
    refused++
  }
  expect(refused).toBeGreaterThan(5)
})

test('when the disk is full then a folder that was there stays, and stays empty', async () => {
  const path = join(temporaryFolder(), 'pki')
  mkdirSync(path)
  const { open } = failingFiles({ at: 9, how: 'full' })
  await expect(initDirectory(path, options({ files: open }))).rejects.toMatchObject({ code: 'store.full' })
  expect(readdirSync(path)).toEqual([])
})

test('a store on a full disk is checked all the same', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 10)
  await repository.close()
  const onFullDisk = { files: fullDisk }
  expect(await withStore(path, (store) => store.check(), onFullDisk)).toEqual([])
  rmSync(join(path, 'certificates/segments/1.pem'))
  const found = await withStore(path, (store) => store.check(), onFullDisk)
  expect(found.map(({ code }) => code)).toContain('certificate-missing')
})
