import { createCipheriv, createPrivateKey, generateKeyPairSync, pbkdf2Sync, randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { DerReader, contentOf, TAG, type Tlv } from '../../src/asn1/reader.ts'
import { integer, nullValue, octetString, oid, sequence } from '../../src/asn1/writer.ts'
import { fromHex, toHex } from '../../src/base/bytes.ts'
import { Secret } from '../../src/base/secret.ts'
import { passwordForm, passwordForms } from '../../src/crypto/pbe-password.ts'
import { PbeWork } from '../../src/crypto/pbe-work.ts'
import { decryptWithForm, encryptWithPbes2, encryptWithPbeSha1TripleDes } from '../../src/crypto/pbe.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const password = new Secret('pässwörd')
let plain: Uint8Array

beforeAll(() => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  plain = new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }))
})

const decryptWithPbe = (algorithm: Tlv, with_: Secret, ciphertext: Uint8Array): Uint8Array =>
  decryptWithForm({ algorithm, ciphertext }, passwordForm(with_), new PbeWork())

const open = (encrypted: Uint8Array, with_: Secret = password): Uint8Array => {
  const info = new DerReader(encrypted).enter(TAG.sequence)
  const algorithm = info.read(TAG.sequence)
  return decryptWithPbe(algorithm, with_, contentOf(info.read(TAG.octetString)))
}

const wrap = ({ algorithm, ciphertext }: { algorithm: Uint8Array; ciphertext: Uint8Array }): Uint8Array =>
  sequence(algorithm, octetString(ciphertext))

describe('what openssl encrypts', () => {
  const ways: Record<string, readonly string[]> = {
    'PBES2, AES-128': ['-v2', 'aes-128-cbc'],
    'PBES2, AES-192': ['-v2', 'aes-192-cbc'],
    'PBES2, AES-256': ['-v2', 'aes-256-cbc'],
    'PBES2, triple DES': ['-v2', 'des3'],
    'PBES2, Camellia': ['-v2', 'camellia-256-cbc'],
    'PBES2, ARIA': ['-v2', 'aria-256-cbc'],
    'PBES2, RC2': ['-v2', 'rc2-cbc'],
    'PBES2, RC2 of 40 bits': ['-v2', 'rc2-40-cbc'],
    'PBES2, DES': ['-v2', 'des-cbc'],
    'PBES2, AES in CFB mode': ['-v2', 'aes-256-cfb'],
    'PBES2, AES in OFB mode': ['-v2', 'aes-128-ofb'],
    'PBES2, ARIA in CTR mode': ['-v2', 'aria-192-ctr'],
    'PBES2, Camellia in CFB mode': ['-v2', 'camellia-128-cfb'],
    'PBES2, SM4 in OFB mode': ['-v2', 'sm4-ofb'],
    'PBES2, DES in CFB mode': ['-v2', 'des-cfb'],
    'PBES2, RC4': ['-v2', 'rc4'],
    'PBES2, PRF SHA-1': ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA1'],
    'PBES2, PRF MD5': ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithMD5'],
    'PBES2, PRF SHA-224': ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA224'],
    'PBES2, PRF SHA-384': ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA384'],
    'PBES2, PRF SHA-512': ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512'],
    'PBES2, PRF SHA-512/256': ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512-256'],
    scrypt: ['-scrypt'],
    'scrypt of other parameters': ['-scrypt', '-scrypt_N', '1024', '-scrypt_r', '4', '-scrypt_p', '3'],
    'PBES1, MD5 and DES': ['-v1', 'PBE-MD5-DES'],
    'PBES1, MD5 and RC2': ['-v1', 'PBE-MD5-RC2-64'],
    'PBES1, SHA-1 and DES': ['-v1', 'PBE-SHA1-DES'],
    'PBES1, SHA-1 and RC2': ['-v1', 'PBE-SHA1-RC2-64'],
    'PKCS#12, triple DES': ['-v1', 'PBE-SHA1-3DES'],
    'PKCS#12, DES of two keys': ['-v1', 'PBE-SHA1-2DES'],
    'PKCS#12, RC2 of 40 bits': ['-v1', 'PBE-SHA1-RC2-40'],
    'PKCS#12, RC2 of 128 bits': ['-v1', 'PBE-SHA1-RC2-128'],
    'PKCS#12, RC4 of 40 bits': ['-v1', 'PBE-SHA1-RC4-40'],
    'PKCS#12, RC4 of 128 bits': ['-v1', 'PBE-SHA1-RC4-128'],
  }
  for (const [title, args] of Object.entries(ways))
    test(`when the scheme is ${title} then certman opens it with the password only`, (context) => {
      const openssl = requireOracle(context, 'openssl')
      const common = ['pkcs8', '-topk8', '-inform', 'DER', '-outform', 'DER', '-passout', 'pass:pässwörd']
      const providers = ['-provider', 'legacy', '-provider', 'default']
      const { stdout, text } = runOracle(openssl, [...common, ...args, ...providers], plain)
      expect(stdout.length, text).toBeGreaterThan(plain.length)
      expect(toHex(open(stdout))).toBe(toHex(plain))
      // some wrong passwords leave a correct padding, and a stream cipher has none: they open to something else
      expect(openOrCode(stdout, new Secret('other'))).not.toBe(toHex(plain))
    })
})

test.for(['bf-cbc', 'cast5-cbc', 'seed-cbc', 'aes-256-ecb'])(
  'when openssl encrypts with %s, which certman does not read, then the refusal names it',
  (cipher, context) => {
    const args = [
      'pkcs8',
      '-topk8',
      '-inform',
      'DER',
      '-outform',
      'DER',
      '-passout',
      'pass:pw',
      '-v2',
      cipher,
    ]
    const providers = ['-provider', 'legacy', '-provider', 'default']
    const { stdout } = runOracle(requireOracle(context, 'openssl'), [...args, ...providers], plain)
    expect(() => open(stdout)).toThrow(
      new RegExp(`cipher ${cipher.replace('-256-', '256-')} .*not supported`, 'i'),
    )
  },
)

test('when NSS encrypts with SHA-1 and DES then its spelling of password and IV opens the key', () => {
  // out of a file of pk12util 3.87 (-c DES-CBC) under the password pw123456
  const algorithm = fromHex('302406092a864886f70d01050a301704103247521dea1c2308c719154df4098b1802030927c0')
  const ciphertext = fromHex(
    '8fe8832d3d35d6e0300c4b07708eadcc3f82c370459a95c71539f7e97edd586747e22e40213804d740c65b2f27e2f4b72b8143d8c1735e841' +
      '2682f8b41160ab603ab61e7d1b302ede06af0655248af94a515e531094f8665c8afa479e7f01e6f9e193f9acf61c3a5815b1d12cfb4bb3b' +
      '0be5852a5e649fba401234c81c10855fb9b391d8b6450f341e0e32de2fdf2d5b',
  )
  const encrypted = { algorithm: new DerReader(algorithm).read(), ciphertext }
  const ofNss = passwordForms(new Secret('pw123456'))[1]!
  const key = createPrivateKey({
    key: Buffer.from(decryptWithForm(encrypted, ofNss, new PbeWork())),
    format: 'der',
    type: 'pkcs8',
  })
  expect(key.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
})

function openOrCode(encrypted: Uint8Array, with_: Secret): string {
  try {
    return toHex(open(encrypted, with_))
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('what certman encrypts', () => {
  const ways = {
    'PBES2 by default': () => encryptWithPbes2(new Secret(plain), password, { random, iterations: 2000 }),
    'PBES2 with AES-192': () =>
      encryptWithPbes2(new Secret(plain), password, { random, iterations: 2000, cipher: 'aes-192-cbc' }),
    scrypt: () => encryptWithPbes2(new Secret(plain), password, { random, kdf: 'scrypt' }),
    'PBE-SHA1-3DES': () =>
      encryptWithPbeSha1TripleDes(new Secret(plain), password, { random, iterations: 2000 }),
  }
  for (const [title, encrypt] of Object.entries(ways))
    test(`when the scheme is ${title} then openssl and certman open it`, (context) => {
      const openssl = requireOracle(context, 'openssl')
      const encrypted = wrap(encrypt())
      const args = ['pkcs8', '-topk8', '-nocrypt', '-inform', 'DER', '-outform', 'DER', '-passin']
      const { stdout, text } = runOracle(openssl, [...args, 'pass:pässwörd'], encrypted)
      expect(toHex(stdout), text).toBe(toHex(plain))
      expect(toHex(open(encrypted))).toBe(toHex(plain))
    })

  test('when the same is encrypted twice then salt and IV differ', () => {
    const once = encryptWithPbes2(new Secret(plain), password, { random, iterations: 1 })
    const again = encryptWithPbes2(new Secret(plain), password, { random, iterations: 1 })
    expect(toHex(once.algorithm)).not.toBe(toHex(again.algorithm))
    expect(toHex(once.ciphertext)).not.toBe(toHex(again.ciphertext))
  })
})

describe('AES-GCM inside PBES2 (RFC 5084)', () => {
  const seal = (tagLength: number, form = 'RFC 5084'): readonly [Uint8Array, Uint8Array] => {
    const [salt, iv] = [random(8), random(12)]
    const key = pbkdf2Sync('pässwörd', salt, 10, 32, 'sha256')
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength })
    const ciphertext = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    // a tag of 12 bytes is the default
    const length = tagLength === 12 ? [] : [integer(tagLength)]
    const prf = sequence(oid('1.2.840.113549.2.9'), nullValue())
    const kdf = sequence(oid('1.2.840.113549.1.5.12'), sequence(octetString(salt), integer(10), prf))
    const parameters = form === 'nonce alone' ? octetString(iv) : sequence(octetString(iv), ...length)
    const scheme = sequence(oid('2.16.840.1.101.3.4.1.46'), parameters)
    return [sequence(oid('1.2.840.113549.1.5.13'), sequence(kdf, scheme)), new Uint8Array(ciphertext)]
  }
  test('when the nonce stands alone, as PKI.js writes it, then the tag has 16 bytes', () => {
    const [algorithm, ciphertext] = seal(16, 'nonce alone')
    expect(toHex(decryptWithPbe(new DerReader(algorithm).read(), password, ciphertext))).toBe(toHex(plain))
  })
  for (const tagLength of [12, 16])
    test(`when the tag has ${tagLength} bytes then it opens, and a changed byte is a wrong password`, () => {
      const [algorithm, ciphertext] = seal(tagLength)
      const value = new DerReader(algorithm).read()
      expect(toHex(decryptWithPbe(value, password, ciphertext))).toBe(toHex(plain))
      ciphertext[5]! ^= 1
      expect(() => decryptWithPbe(value, password, ciphertext)).toThrow(
        expect.objectContaining({ code: 'password.wrong' }),
      )
    })
})

describe('hostile parameters', () => {
  const aes = sequence(oid('2.16.840.1.101.3.4.1.42'), octetString(new Uint8Array(16)))
  const pbkdf2 = (...fields: Uint8Array[]): Uint8Array =>
    sequence(oid('1.2.840.113549.1.5.12'), sequence(octetString(new Uint8Array(8)), ...fields))
  const scrypt = (...numbers: number[]): Uint8Array =>
    sequence(
      oid('1.3.6.1.4.1.11591.4.11'),
      sequence(octetString(new Uint8Array(8)), ...numbers.map((number) => integer(number))),
    )
  const pbes2 = (kdf: Uint8Array, cipher = aes): Uint8Array =>
    sequence(oid('1.2.840.113549.1.5.13'), sequence(kdf, cipher))
  const old = (id: string, count: number): Uint8Array =>
    sequence(oid(id), sequence(octetString(new Uint8Array(8)), integer(count)))

  const cases: Record<string, readonly [Uint8Array, string]> = {
    '2,147,483,647 iterations of PBKDF2': [pbes2(pbkdf2(integer(0x7fffffff))), 'limit.exceeded'],
    'no iteration': [pbes2(pbkdf2(integer(0))), 'der.malformed'],
    'more iterations than a number holds': [pbes2(pbkdf2(integer(2n ** 80n))), 'der.malformed'],
    'a negative number of iterations': [pbes2(pbkdf2(integer(-1))), 'der.malformed'],
    'a key length of a gigabyte': [pbes2(pbkdf2(integer(1), integer(2 ** 30))), 'der.malformed'],
    'scrypt over a terabyte': [pbes2(scrypt(2 ** 30, 8, 1)), 'limit.exceeded'],
    'scrypt in 2^30 lanes': [pbes2(scrypt(2, 1, 2 ** 30)), 'limit.exceeded'],
    'scrypt whose cost is no power of two': [pbes2(scrypt(1000, 8, 1)), 'der.malformed'],
    'too many iterations of PKCS#12': [old('1.2.840.113549.1.12.1.3', 5_000_001), 'limit.exceeded'],
    'too many iterations of PKCS#5': [old('1.2.840.113549.1.5.3', 5_000_001), 'limit.exceeded'],
    'an IV of three bytes': [
      pbes2(pbkdf2(integer(1)), sequence(oid('2.16.840.1.101.3.4.1.42'), octetString(new Uint8Array(3)))),
      'der.malformed',
    ],
    'an unknown cipher': [
      pbes2(pbkdf2(integer(1)), sequence(oid('1.2.3'), nullValue())),
      'format.unsupported',
    ],
    'an unknown scheme': [sequence(oid('1.2.3.4'), nullValue()), 'format.unsupported'],
    'no parameters at all': [sequence(oid('1.2.840.113549.1.5.13')), 'format.unsupported'],
  }
  for (const [title, [algorithm, code]] of Object.entries(cases))
    test(`when a file wants ${title} then it is refused at once as ${code}`, () => {
      const value = new DerReader(algorithm).read()
      expect(() => decryptWithPbe(value, password, new Uint8Array(32))).toThrow(
        expect.objectContaining({ code }),
      )
    })

  test('when the ciphertext is no whole number of blocks then it is malformed, not a wrong password', () => {
    const value = new DerReader(pbes2(pbkdf2(integer(1)))).read()
    for (const length of [0, 1, 17])
      expect(() => decryptWithPbe(value, password, new Uint8Array(length))).toThrow(
        expect.objectContaining({ code: 'der.malformed' }),
      )
  })
})
