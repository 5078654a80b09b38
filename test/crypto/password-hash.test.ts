import { scryptSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  hashPassword,
  keyedDigest,
  isPasswordHash,
  sameText,
  verifyPassword,
} from '../../src/crypto/password-hash.ts'

const CHEAP = { logN: 10, p: 1 }
const salt = Uint8Array.from({ length: 16 }, (_, at) => at)
const bytes = (text: string): Uint8Array => Buffer.from(text)

describe('a password', () => {
  test('when it is hashed then the hash is that of scrypt (RFC 7914) with the salt and cost that stand in it', async () => {
    const hash = await hashPassword(bytes('pleaseletmein'), salt, { logN: 14, p: 1 })
    const [, logN, r, p, kept, key] = hash.split('$')
    expect([logN, r, p]).toEqual(['14', '8', '1'])
    expect(Buffer.from(kept!, 'base64url')).toEqual(Buffer.from(salt))
    const expected = scryptSync('pleaseletmein', salt, 32, { N: 16_384, r: 8, p: 1 })
    expect(Buffer.from(key!, 'base64url')).toEqual(expected)
  })

  test('when it is checked then it fits its own hash only', async () => {
    const hash = await hashPassword(bytes('Passw0rd!x'), salt, CHEAP)
    expect(await verifyPassword(bytes('Passw0rd!x'), hash)).toBe(true)
    expect(await verifyPassword(bytes('passw0rd!x'), hash)).toBe(false)
    expect(await verifyPassword(bytes(''), hash)).toBe(false)
  })

  test('when a hash is damaged, or costs more than anyone would spend, then nothing fits it', async () => {
    const hash = await hashPassword(bytes('Passw0rd!x'), salt, CHEAP)
    const forged = [
      hash.slice(0, -1),
      '',
      'scrypt',
      hash.replace('$10$', '$30$'),
      hash.replace('$10$', '$1$'),
    ]
    for (const each of forged) {
      expect(isPasswordHash(each)).toBe(false)
      expect(await verifyPassword(bytes('Passw0rd!x'), each)).toBe(false)
    }
  })
})

test('when texts are compared then only the same one is the same', () => {
  expect(sameText('abc', 'abc')).toBe(true)
  expect(sameText('abc', 'abd')).toBe(false)
  expect(sameText('abc', 'abcd')).toBe(false)
  expect(sameText('', '')).toBe(true)
})

test('when texts are put together differently, or the key is another, then their digests differ', () => {
  const digest = keyedDigest('00', ['ab', 'c'])
  expect(keyedDigest('00', ['ab', 'c'])).toBe(digest)
  expect(keyedDigest('00', ['a', 'bc'])).not.toBe(digest)
  expect(keyedDigest('01', ['ab', 'c'])).not.toBe(digest)
})
