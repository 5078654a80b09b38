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
