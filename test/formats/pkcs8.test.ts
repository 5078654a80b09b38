import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import { Secret } from '../../src/base/secret.ts'
import { decryptPkcs8, encryptPkcs8 } from '../../src/formats/pkcs8.ts'
import { writePem } from '../../src/formats/pem.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const der = privateKey.export({ type: 'pkcs8', format: 'der' })
const pkcs8 = new Secret(new Uint8Array(der))
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const bytesOf = (secret: Secret): string => secret.use((bytes) => Buffer.from(bytes).toString('hex'))
const wrong = expect.objectContaining({ code: 'password.wrong' }) as Error

describe('what certman encrypts', () => {
  const forms = {
    'by default': {},
    'with scrypt': { kdf: 'scrypt' },
    'with AES-128 and few iterations': { cipher: 'aes-128-cbc', iterations: 1000 },
  } as const
  for (const [title, options] of Object.entries(forms))
    test(`when a key is encrypted ${title} then openssl and certman open it, and no other password does`, (context) => {
      const openssl = requireOracle(context, 'openssl')
      const encrypted = encryptPkcs8(pkcs8, new Secret('pä55 wörd'), { random, ...options })
      const pem = writePem('ENCRYPTED PRIVATE KEY', encrypted)
      const args = ['pkcs8', '-passin', 'pass:pä55 wörd', '-outform', 'DER', '-topk8', '-nocrypt']
      expect(outputOf(openssl, args, pem).toString('hex')).toBe(bytesOf(pkcs8))
      expect(bytesOf(decryptPkcs8(encrypted, new Secret('pä55 wörd')))).toBe(bytesOf(pkcs8))
      expect(() => decryptPkcs8(encrypted, new Secret('pa55 word'))).toThrow(wrong)
    })

  test.for([
    ['NFC', 'NFD'],
    ['NFD', 'NFC'],
  ] as const)('when a password was composed as %s then it opens the key composed as %s', ([one, other]) => {
    const encrypted = encryptPkcs8(pkcs8, new Secret('Grüße'.normalize(one)), { random, iterations: 2 })
    expect(bytesOf(decryptPkcs8(encrypted, new Secret('Grüße'.normalize(other))))).toBe(bytesOf(pkcs8))
    expect(() => decryptPkcs8(encrypted, new Secret('Gruße'.normalize(other)))).toThrow(wrong)
  })

  test('when nothing is asked for then PBKDF2 runs 600,000 times', (context) => {
    const openssl = requireOracle(context, 'openssl')
    const encrypted = encryptPkcs8(pkcs8, new Secret('x'), { random })
    const { text } = runOracle(openssl, ['asn1parse', '-inform', 'DER'], encrypted)
    expect(text).toMatch(/PBES2[\s\S]*PBKDF2[\s\S]*INTEGER\s+:0927C0[\s\S]*hmacWithSHA256[\s\S]*aes-256-cbc/)
  })

  test('when any password encrypts then Node and certman open with the same one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (password) => {
        const encrypted = encryptPkcs8(pkcs8, new Secret(password), { random, iterations: 2 })
        expect(bytesOf(decryptPkcs8(encrypted, new Secret(password)))).toBe(bytesOf(pkcs8))
        const passphrase = Buffer.from(password)
        const key = createPrivateKey({
          key: Buffer.from(encrypted),
          format: 'der',
          type: 'pkcs8',
          passphrase,
        })
        expect(key.export({ type: 'pkcs8', format: 'der' }).equals(der)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('when one bit changes then it is refused, or a key of the same length comes out, but nothing else', () => {
    const encrypted = encryptPkcs8(pkcs8, new Secret('x'), { random, iterations: 2 })
    const outcome = (changed: Uint8Array): unknown => {
      try {
        return bytesOf(decryptPkcs8(changed, new Secret('x'))).length
      } catch (error) {
        return isCertmanError(error) ? bytesOf(pkcs8).length : error
      }
    }
    fc.assert(
      fc.property(fc.nat(encrypted.length - 1), fc.nat(7), (at, bit) => {
        const changed = encrypted.slice()
        changed[at]! ^= 1 << bit
        expect(outcome(changed)).toBe(bytesOf(pkcs8).length)
      }),
      { numRuns: 400 },
    )
  })
})

describe('what openssl encrypts', () => {
  const algorithms: Record<string, readonly string[]> = {
    'PBES2 with AES-256 and SHA-512': ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512', '-iter', '5000'],
    'PBES2 with triple DES': ['-v2', 'des3'],
    'PBES2 with ARIA': ['-v2', 'aria-192-cbc'],
    scrypt: ['-scrypt', '-scrypt_N', '1024', '-scrypt_r', '8', '-scrypt_p', '2'],
    'PBE-SHA1-3DES': ['-v1', 'PBE-SHA1-3DES'],
    'PBE-SHA1-2DES': ['-v1', 'PBE-SHA1-2DES'],
  }
  for (const [title, args] of Object.entries(algorithms))
    test(`when the scheme is ${title} then certman opens it`, (context) => {
      const openssl = requireOracle(context, 'openssl')
      const command = [
        'pkcs8',
        '-topk8',
        '-inform',
        'DER',
        '-outform',
        'DER',
        '-passout',
        'pass:s3cret-Pw',
        ...args,
      ]
      const encrypted = new Uint8Array(outputOf(openssl, command, der))
      expect(bytesOf(decryptPkcs8(encrypted, new Secret('s3cret-Pw')))).toBe(bytesOf(pkcs8))
      expect(() => decryptPkcs8(encrypted, new Secret(''))).toThrow(wrong)
    })
})
