import fs, { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { writeFiles } from '../../src/operations/write-files.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { temporaryFolder } from '../support/temporary.ts'

test('when one of several files cannot be written then none is, and that one is named', async () => {
  const folder = temporaryFolder('certman-write-files')
  const file = (name: string) => ({ path: join(folder, name), bytes: new Uint8Array(3), secret: false })
  const writing = writeFiles([file('one.pem'), file('missing/two.pem'), file('three.pem')], frozenAmbient())
  await expect(writing).rejects.toMatchObject({
    code: 'file.not-writable',
    message: expect.stringMatching(/two\.pem.* cannot be written: its folder does not exist/) as string,
  })
  expect(readdirSync(folder)).toEqual([])
  expect(existsSync(join(folder, 'missing'))).toBe(false)
})

test('a file is not said to be written before the folder that has its name is flushed', async () => {
  const folder = temporaryFolder('certman-write-files')
  const flushed: { readonly folder: number; readonly names: readonly string[] }[] = []
  const fsync = fs.fsync
  vi.spyOn(fs, 'fsync').mockImplementation((descriptor, done) => {
    const about = fs.fstatSync(descriptor)
    if (about.isDirectory()) flushed.push({ folder: about.ino, names: readdirSync(folder).sort() })
    fsync(descriptor, done)
  })
  try {
    const file = (name: string) => ({ path: join(folder, name), bytes: new Uint8Array(3), secret: true })
    await writeFiles([file('key.pem'), file('web.csr')], frozenAmbient())
  } finally {
    vi.restoreAllMocks()
  }
  expect(flushed).toEqual([{ folder: fs.statSync(folder).ino, names: ['key.pem', 'web.csr'] }])
})
