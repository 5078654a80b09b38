import { createHash, randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../src/base/bytes.ts'
import { iterateSha1, iterateSha256 } from '../../src/crypto/pkcs12-kdf-iterate.ts'
import { pkcs12Kdf, type KdfHash } from '../../src/crypto/pkcs12-kdf.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

describe('the derivation of PKCS#12 (RFC 7292 appendix B)', () => {
  // the widely copied vectors of "smeg" and "queeg" (first in Dr Stephen Henson's PKCS#12 test)
  const vectors = [
    ['0073006d006500670000', '0a58cf64530d823f', 1, 1, '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3'],
    ['0073006d006500670000', '0a58cf64530d823f', 1, 2, '79993dfe048d3b76'],
    ['0073006d006500670000', '3d83c0e4546ac140', 1, 3, '8d967d88f6caa9d714800ab3d48051d63f73a312'],
    [
      '007100750065006500670000',
      '05dec959acff72f7',
      1000,
      1,
      'ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4',
    ],
    ['007100750065006500670000', '05dec959acff72f7', 1000, 2, '11dedad7758d4860'],
    ['007100750065006500670000', '263216fcc2fab31c', 1000, 3, '5ec4c7a80df652294c3925b6489a7ab857c83476'],
  ] as const
  for (const [password, salt, iterations, purpose, expected] of vectors)
    test(`when purpose ${purpose} is derived ${iterations} times from salt ${salt} then it is the known value`, () => {
      const length = expected.length / 2
      const input = {
        hash: 'sha1',
        password: fromHex(password),
        salt: fromHex(salt),
        iterations,
        purpose,
        length,
      }
      expect(toHex(pkcs12Kdf(input as Parameters<typeof pkcs12Kdf>[0]))).toBe(expected)
    })

  const hashes: readonly (readonly [KdfHash, string])[] = [
    ['md5', 'MD5'],
    ['sha1', 'SHA1'],
    ['sha224', 'SHA224'],
    ['sha256', 'SHA256'],
    ['sha384', 'SHA384'],
    ['sha512', 'SHA512'],
    ['sha512-224', 'SHA512-224'],
    ['sha512-256', 'SHA512-256'],
    ['sha3-224', 'SHA3-224'],
    ['sha3-256', 'SHA3-256'],
    ['sha3-384', 'SHA3-384'],
    ['sha3-512', 'SHA3-512'],
    ['blake2b512', 'BLAKE2b512'],
  ]
  for (const [hash, name] of hashes)
    test(`when the hash is ${hash} then openssl derives the same, for one block and for several`, (context) => {
      const openssl = requireOracle(context, 'openssl')
      for (const [purpose, length, iterations] of [
        [1, 24, 7],
        [2, 200, 1],
        [3, 64, 3],
      ] as const) {
        const password = fromHex('00e4041f0000')
        const salt = fromHex('0102030405060708090a')
        const options = [`digest:${name}`, `hexpass:${toHex(password)}`, `hexsalt:${toHex(salt)}`]
        const numbers = [`iter:${iterations}`, `id:${purpose}`]
        const given = [...options, ...numbers].flatMap((option) => ['-kdfopt', option])
        const run = runOracle(openssl, ['kdf', '-keylen', String(length), '-binary', ...given, 'PKCS12KDF'])
        const derived = pkcs12Kdf({ hash, password, salt, iterations, purpose, length })
        expect(toHex(derived), run.text).toBe(run.stdout.toString('hex'))
      }
    })
})

describe('hashing a digest again and again', () => {
  const cases = [
    ['sha1', 20, iterateSha1],
    ['sha256', 32, iterateSha256],
  ] as const
  for (const [name, length, iterate] of cases)
    test(`when ${name} runs over its own digest then node:crypto gets the same`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: length, maxLength: length }), fc.nat(20), (start, times) => {
          let expected: Uint8Array = start
          for (let i = 0; i < times; i++) expected = createHash(name).update(expected).digest()
          expect(toHex(iterate(start, times))).toBe(toHex(expected))
        }),
      )
      const start = new Uint8Array(randomBytes(length))
      let expected: Uint8Array = start
      for (let i = 0; i < 5000; i++) expected = createHash(name).update(expected).digest()
      expect(toHex(iterate(start, 5000))).toBe(toHex(expected))
    })
})
