import { hash } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat } from '../../src/base/bytes.ts'
import { iterateMd5, MAX_MD5_SUFFIX } from '../../src/crypto/md5-iterate.ts'

test('when MD5 is repeated then node:crypto agrees, for every length of suffix that fits a block', () => {
  const suffix = fc.uint8Array({ maxLength: MAX_MD5_SUFFIX, size: 'max' })
  const digest = fc.uint8Array({ minLength: 16, maxLength: 16 })
  fc.assert(
    fc.property(digest, suffix, fc.nat({ max: 20 }), (start, behind, times) => {
      let expected: Uint8Array = start
      for (let i = 0; i < times; i++) expected = hash('md5', concat([expected, behind]), 'buffer')
      expect(iterateMd5(start, behind, times)).toEqual(new Uint8Array(expected))
    }),
  )
})

test('when the suffix is the longest one then its last byte counts', () => {
  const start = new Uint8Array(16)
  const behind = new Uint8Array(MAX_MD5_SUFFIX).fill(255)
  const expected = new Uint8Array(hash('md5', concat([start, behind]), 'buffer'))
  expect(iterateMd5(start, behind, 1)).toEqual(expected)
})
