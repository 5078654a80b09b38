import { describe, expect, test } from 'vitest'
import { toHex } from '../../src/base/bytes.ts'
import { Secret } from '../../src/base/secret.ts'
import { PbeWork } from '../../src/crypto/pbe-work.ts'
import { bcryptPbkdf } from '../../src/crypto/openssh-bcrypt.ts'
import { encipher, expand, initialState } from '../../src/crypto/openssh-blowfish.ts'

describe('Blowfish against the test vectors of Eric Young', () => {
  const vectors = [
    ['0000000000000000', '0000000000000000', '4ef997456198dd78'],
    ['ffffffffffffffff', 'ffffffffffffffff', '51866fd5b85ecb8a'],
    ['3000000000000000', '1000000000000001', '7d856f9a613063f2'],
    ['0123456789abcdef', '1111111111111111', '61f9c3802281b096'],
    ['fedcba9876543210', '0123456789abcdef', '0aceab0fc6a0a28d'],
  ] as const
  const words = (hex: string): Uint32Array =>
    Uint32Array.from([Number.parseInt(hex.slice(0, 8), 16), Number.parseInt(hex.slice(8), 16)])
  for (const [key, plain, expected] of vectors)
    test(`when the key is ${key} and the block ${plain} then the ciphertext is ${expected}`, () => {
      const state = initialState()
      expand(state, words(key))
      const block = words(plain)
      encipher(state, block, 0)
      expect([...block].map((word) => word.toString(16).padStart(8, '0')).join('')).toBe(expected)
    })
})

describe('bcrypt_pbkdf against the vectors of OpenBSD (regress/lib/libutil/bcrypt_pbkdf)', () => {
  const vectors = [
    { rounds: 4, salt: 'salt', key: '5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9' },
    { rounds: 4, salt: '\0', key: 'c12b566235eee04c212598970a579a67' },
    {
      rounds: 8,
      salt: 'salt',
      key:
        'e1367ec5151a33faac4cc1c144cd23fa15d5548493ecc99b9b5d9c0d3b27bec7' +
        '6227ea66088b849b20ab7aa478010246e74bba51723fefa9f9474d6508845e8d',
    },
  ]
  for (const { rounds, salt, key } of vectors)
    test(`when ${key.length / 2} octets are derived in ${rounds} rounds then they are those of OpenBSD`, () => {
      const length = key.length / 2
      const derived = bcryptPbkdf(new Secret('password'), Buffer.from(salt), {
        rounds,
        length,
        work: new PbeWork(),
      })
      expect(toHex(derived)).toBe(key)
    })

  test('when a file asks for more rounds than any honest one then it is refused before the work begins', () => {
    expect(() =>
      bcryptPbkdf(new Secret('x'), Buffer.from('salt'), {
        rounds: 4_000_000_000,
        length: 48,
        work: new PbeWork(),
      }),
    ).toThrow(expect.objectContaining({ code: 'limit.exceeded' }) as Error)
  })
})
