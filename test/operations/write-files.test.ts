import fs, { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
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

describe('when the second of two files cannot have its name', () => {
  const files = (folder: string) =>
    ['web.pem', 'web.key'].map((name) => ({
      path: join(folder, name),
      bytes: Buffer.from('new'),
      secret: true,
    }))

  /** The rename of the second file fails, as on a disk with a fault or where a file belongs to somebody else. */
  async function failSecond(folder: string): Promise<unknown> {
    const { rename } = promises
    vi.spyOn(promises, 'rename').mockImplementation(async (from, to) => {
      if (to === join(folder, 'web.key')) throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
      return rename(from, to)
    })
    syncBuiltinESMExports()
    try {
      return await writeFiles(files(folder), frozenAmbient()).catch((error: unknown) => error)
    } finally {
      vi.restoreAllMocks()
      syncBuiltinESMExports()
    }
  }

  test('then the first is taken away again where it is new', async () => {
    const folder = temporaryFolder('certman-write-files')
    expect(await failSecond(folder)).toMatchObject({
      code: 'file.not-writable',
      message: expect.stringMatching(/web\.key cannot be written: this user may not write there$/) as string,
    })
    expect(readdirSync(folder)).toEqual([])
  })

  test('then it is said that the first was replaced', async () => {
    const folder = temporaryFolder('certman-write-files')
    for (const { path } of files(folder)) writeFileSync(path, 'old')
    expect(await failSecond(folder)).toMatchObject({
      code: 'file.not-writable',
      message: expect.stringMatching(/web\.key cannot .*; replaced already: \S+web\.pem$/) as string,
      hint: expect.stringContaining('--force') as string,
    })
    expect(files(folder).map(({ path }) => readFileSync(path, 'utf8'))).toEqual(['new', 'old'])
    expect(readdirSync(folder).sort()).toEqual(['web.key', 'web.pem'])
  })

  test('then a folder in the way is seen before the first has its name', async () => {
    const folder = temporaryFolder('certman-write-files')
    writeFileSync(join(folder, 'web.pem'), 'old')
    mkdirSync(join(folder, 'web.key'))
    await expect(writeFiles(files(folder), frozenAmbient())).rejects.toMatchObject({
      message: expect.stringMatching(/web\.key cannot be written: it is a folder$/) as string,
    })
    expect(readFileSync(join(folder, 'web.pem'), 'utf8')).toBe('old')
    expect(readdirSync(folder).sort()).toEqual(['web.key', 'web.pem'])
  })
})
