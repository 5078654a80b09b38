import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { realFiles, type Files } from '../../../src/repository/directory/files.ts'
import { openDirectory } from '../../../src/repository/directory/open.ts'
import { addCertificates } from '../material.ts'
import { newStore, options, withStore } from './stores.ts'

/** Refuses to open a file as the system does for a process that has too many open. */
const refuse = (path: string): never => {
  throw Object.assign(new Error(`EMFILE: too many open files, open '${path}'`), { code: 'EMFILE' })
}

test('when the index cannot be opened any more while a listing goes on then the next question says so, and the listing goes on', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 3)
  await repository.close()
  let isShut = false
  const files = (root: string): Files => {
    const real = realFiles(root)
    return {
      ...real,
      absolute: (name) => (isShut ? join(root, 'no such folder', name) : real.absolute(name)),
    }
  }
  await withStore(
    path,
    async (store) => {
      const listed: string[] = []
      for await (const { id } of store.list('certificate', EVERYTHING)) {
        listed.push(id)
        isShut = true
        const asked = store.count('certificate', EVERYTHING)
        await expect(asked).rejects.toMatchObject({
          code: 'store.invalid',
          hint: expect.stringContaining('ulimit -n'),
        })
      }
      expect(listed).toHaveLength(3)
      isShut = false
      expect(await store.count('certificate', EVERYTHING)).toBe(3)
    },
    { files },
  )
})

test('when the head cannot be read then it is said why, and permissions are not blamed for what they have not done', async () => {
  const { path, repository } = await newStore()
  await repository.close()
  const files = (root: string): Files => ({ ...realFiles(root), read: refuse })
  await expect(openDirectory(path, options({ files }))).rejects.toMatchObject({
    code: 'store.invalid',
    message: `cannot read ${join(path, 'store.json')}: too many files are open`,
    hint: expect.stringContaining('ulimit -n'),
  })
})

test('when the file of a record cannot be read then it is said why', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 1)
  await repository.close()
  const files = (root: string): Files => {
    const real = realFiles(root)
    return { ...real, read: (name) => (name.startsWith('certificates/') ? refuse(name) : real.read(name)) }
  }
  await withStore(
    path,
    (store) =>
      expect(store.read('certificate', '1')).rejects.toMatchObject({
        message: `${join(path, 'certificates/00/1.pem')} cannot be read (EMFILE): it holds certificate 1`,
        hint: expect.stringContaining('ulimit -n'),
      }),
    { files },
  )
})
