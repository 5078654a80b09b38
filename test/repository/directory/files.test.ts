import fs from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { realFiles } from '../../../src/repository/directory/files.ts'
import { temporaryFolder } from '../../support/temporary.ts'

test('when a thousand files are flushed then a few are open at once, and each was flushed', async () => {
  const root = temporaryFolder('files')
  const paths = Array.from({ length: 1000 }, (_, i) => `${i}.pem`)
  for (const path of paths) fs.writeFileSync(join(root, path), path)
  const [open, close, flush] = [fs.openSync, fs.closeSync, vi.spyOn(fs, 'fsync')]
  let [now, most] = [0, 0]
  vi.spyOn(fs, 'openSync').mockImplementation((...all) => {
    most = Math.max(most, ++now)
    return open(...all)
  })
  vi.spyOn(fs, 'closeSync').mockImplementation((descriptor) => {
    now--
    close(descriptor)
  })
  try {
    await realFiles(root).sync(paths)
    expect(flush).toHaveBeenCalledTimes(1000)
  } finally {
    vi.restoreAllMocks()
  }
  expect(now).toBe(0)
  expect(most).toBeLessThan(200)
})

test('when root makes files and folders in the store of somebody else then they are given to him, and what was there stays as it is', () => {
  const root = temporaryFolder('files')
  fs.writeFileSync(join(root, 'journal'), 'old')
  const whose = { uid: fs.statSync(root).uid + 1, gid: 4711 }
  const given: unknown[] = []
  const status = fs.statSync
  vi.spyOn(fs, 'statSync').mockImplementation(((path: string, how?: object) => {
    const known = status(path, how as fs.StatSyncOptions)
    return path === root && known ? Object.assign(known, whose) : known
  }) as typeof fs.statSync)
  vi.spyOn(fs, 'fchownSync').mockImplementation((descriptor, uid, gid) => {
    given.push([fs.readlinkSync(`/proc/self/fd/${descriptor}`).slice(root.length + 1), uid, gid])
  })
  try {
    const files = realFiles(root)
    files.makeFolder('trash/keys')
    files.write('trash/keys/1.pem', 'one')
    files.write('trash/keys/1.pem', 'again')
    files.writeAt('log', 0, 'two')
    files.writeAt('journal', 3, 'more')
  } finally {
    vi.restoreAllMocks()
  }
  const mine = [whose.uid, whose.gid]
  expect(given).toEqual([
    ['trash/keys', ...mine],
    ['trash', ...mine],
    ['trash/keys/1.pem', ...mine],
    ['log', ...mine],
  ])
  expect(fs.readFileSync(join(root, 'trash/keys/1.pem'), 'utf8')).toBe('again')
})

test('when this process owns the store, or may give nothing away, then it asks for it once at most', () => {
  const asked = vi.spyOn(fs, 'fchownSync').mockImplementation(() => {
    throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
  })
  const write = (root: string): void => {
    const files = realFiles(root)
    for (const name of ['one', 'two', 'three']) files.write(name, name)
    expect(fs.readFileSync(join(root, 'three'), 'utf8')).toBe('three')
  }
  const status = fs.statSync
  try {
    write(temporaryFolder('files'))
    expect(asked).not.toHaveBeenCalled()
    vi.spyOn(fs, 'statSync').mockImplementation(((path: string, how?: object) => {
      const known = status(path, how as fs.StatSyncOptions)
      return known && Object.assign(known, { uid: Number(known.uid) + 1 })
    }) as typeof fs.statSync)
    write(temporaryFolder('files'))
    expect(asked).toHaveBeenCalledTimes(1)
  } finally {
    vi.restoreAllMocks()
  }
})
