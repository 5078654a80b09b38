import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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
