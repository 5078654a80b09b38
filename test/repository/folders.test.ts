import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolders, whyNotWritable } from '../../src/repository/folders.ts'
import { temporaryFolder } from '../support/temporary.ts'

const folder = temporaryFolder('folders')

test('what is missing is made, with the mode, and the topmost is told', () => {
  const there = join(folder, 'there')
  mkdirSync(there)
  const deep = join(there, 'a', 'b', 'c')
  expect(makeFolders(deep, 0o700)).toBe(join(there, 'a'))
  expect(statSync(join(there, 'a', 'b')).mode & 0o777).toBe(0o700)
  expect(makeFolders(deep, 0o700)).toBe(undefined)
})

test('what a file stands in the way of is refused in words, and nothing is made', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  for (const path of [join(file, 'below'), join(file, 'far', 'below')])
    expect(() => makeFolders(path)).toThrow(expect.objectContaining({ code: 'ENOTDIR' }))
  expect(() => makeFolders(file)).toThrow(expect.objectContaining({ code: 'EEXIST' }))
  expect(whyNotWritable({ code: 'ENOTDIR' })).toBe('something above it is no folder')
})

test.skipIf(!existsSync('/proc/self'))('where the system makes no folders it ends, with an error', () => {
  expect(() => makeFolders('/proc/self/a/b')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})
