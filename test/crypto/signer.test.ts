import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { DerReader } from '../../src/asn1/reader.ts'
import { readOid } from '../../src/asn1/values.ts'
import { toHex } from '../../src/base/bytes.ts'
import { Secret } from '../../src/base/secret.ts'
import {
  generateKey,
  KEY_TYPES,
  keyTypeOf,
  parseKeyType,
  type KeyType,
} from '../../src/crypto/generate-key.ts'
import { openSigner, SIGNING_DIGESTS, type SignatureChoice } from '../../src/crypto/signer.ts'
import { verifySignature } from '../../src/crypto/verify.ts'
import { describePublicKey } from '../../src/x509/public-key.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'

const NAMES = KEY_TYPES.map(([name]) => name)
const MESSAGE = Buffer.from('what is signed')

const algorithmOid = (algorithm: Uint8Array): string => readOid(new DerReader(algorithm).enter(0x30).read())

/** An RSA-PSS key whose parameters name one digest and a salt of at least 20 octets. */
function boundKey(digest: string): KeyObject {
  // the types of Node call the length of the salt a text; it is a number
  const saltLength = 20 as unknown as string
  const options = { modulusLength: 2048, hashAlgorithm: digest, mgf1HashAlgorithm: digest, saltLength }
  return generateKeyPairSync('rsa-pss', options).privateKey
}

const known = new Map<KeyType, ReturnType<typeof generateKey>>()

/** A key of that type, made once. */
function keyOf(type: KeyType): ReturnType<typeof generateKey> {
  const key = known.get(type) ?? generateKey(type)
  known.set(type, key)
  return key
}

const secretOf = (key: KeyObject): Secret =>
  new Secret(new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })))

describe('making keys', () => {
  // what `openssl pkey -text` prints of each kind
  const WORDS: Readonly<Record<KeyType, string>> = {
    'rsa-2048': 'Private-Key: (2048 bit, 2 primes)',
    'rsa-3072': 'Private-Key: (3072 bit, 2 primes)',
    'rsa-4096': 'Private-Key: (4096 bit, 2 primes)',
    'rsa-pss-2048': 'Private-Key: (2048 bit, 2 primes)',
    'rsa-pss-3072': 'Private-Key: (3072 bit, 2 primes)',
    'rsa-pss-4096': 'Private-Key: (4096 bit, 2 primes)',
    'ec-p256': 'NIST CURVE: P-256',
    'ec-p384': 'NIST CURVE: P-384',
    'ec-p521': 'NIST CURVE: P-521',
    ed25519: 'ED25519 Private-Key:',
    ed448: 'ED448 Private-Key:',
  }
  // an RSA key of 4096 bits takes seconds, and shows nothing that one of 3072 does not
  const QUICK = NAMES.filter((name) => !name.endsWith('4096'))

  test.each(QUICK)('when a key %s is made then its public half belongs to it, and it signs', async (name) => {
    const { pkcs8, spki } = await keyOf(name)
    const signer = openSigner(pkcs8)
    expect(toHex(signer.spki)).toBe(toHex(spki))
    expect(keyTypeOf(describePublicKey(spki))).toBe(name)
    const signature = signer.sign(MESSAGE)
    expect(verifySignature({ algorithm: signer.algorithm, signed: MESSAGE, signature, spki })).toBe('valid')
  })

  test.for(QUICK)('when a key %s is made then openssl checks and names it', async (name, context) => {
    const openssl = requireOracle(context, 'openssl')
    const { pkcs8 } = await keyOf(name)
    const text = pkcs8.use(
      (der) => runOracle(openssl, ['pkey', '-inform', 'DER', '-noout', '-text', '-check'], der).text,
    )
    expect(text).toContain('Key is valid')
    expect(text).toContain(WORDS[name])
  })

  test('when an RSA-PSS key is made then it is bound to no digest', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const { spki } = await keyOf('rsa-pss-2048')
    expect(runOracle(openssl, ['pkey', '-pubin', '-inform', 'DER', '-noout', '-text'], spki).text).toContain(
      'No PSS parameter restrictions',
    )
  })

  test.each([
    ['P-256', 'ec-p256'],
    ['prime256v1', 'ec-p256'],
    ['secp384r1', 'ec-p384'],
    ['EC_P521', 'ec-p521'],
    ['RSA:4096', 'rsa-4096'],
    ['rsa', 'rsa-2048'],
    ['Ed25519', 'ed25519'],
    ['ED448', 'ed448'],
    ['rsa-pss-3072', 'rsa-pss-3072'],
  ])('when someone types %s then it is %s', (typed, name) => {
    expect(parseKeyType(typed)).toBe(name)
  })

  test('when nobody knows the kind then the error lists those there are', () => {
    expect(() => parseKeyType('dsa-\u202e1024')).toThrow('no key type is called "dsa-\\u{202e}1024"')
    expect(() => parseKeyType('rsa-1024')).toThrow(expect.objectContaining({ code: 'input.invalid' }))
  })

  test('when a name or alias stands in the table then it leads to one row only', () => {
    const all = KEY_TYPES.flatMap(([name, , aliases]) => [name, ...aliases])
    expect(new Set(all).size).toBe(all.length)
    for (const [name, , aliases] of KEY_TYPES)
      for (const alias of [name, ...aliases]) expect(parseKeyType(alias)).toBe(name)
  })

  test('when a key is of a kind that is not made then there is no other like it', () => {
    expect(keyTypeOf({ type: 'rsa', size: 1024 })).toBeUndefined()
    expect(keyTypeOf({ type: 'ec', curve: 'secp256k1' })).toBeUndefined()
  })
})

describe('choosing the algorithm', () => {
  // RFC 4055 section 5, RFC 5758 section 3.2, RFC 8410 section 3
  const CASES: readonly [KeyType, SignatureChoice, string][] = [
    ['rsa-2048', {}, '1.2.840.113549.1.1.11'],
    ['rsa-2048', { digest: 'sha384' }, '1.2.840.113549.1.1.12'],
    ['rsa-2048', { digest: 'sha512' }, '1.2.840.113549.1.1.13'],
    ['rsa-2048', { pss: true }, '1.2.840.113549.1.1.10'],
    ['rsa-2048', { pss: true, digest: 'sha512' }, '1.2.840.113549.1.1.10'],
    ['rsa-pss-2048', {}, '1.2.840.113549.1.1.10'],
    ['rsa-pss-2048', { digest: 'sha384' }, '1.2.840.113549.1.1.10'],
    ['ec-p256', {}, '1.2.840.10045.4.3.2'],
    ['ec-p256', { digest: 'sha512' }, '1.2.840.10045.4.3.4'],
    ['ec-p384', {}, '1.2.840.10045.4.3.3'],
    ['ec-p521', {}, '1.2.840.10045.4.3.4'],
    ['ed25519', {}, '1.3.101.112'],
    ['ed448', {}, '1.3.101.113'],
  ]

  test.each(CASES)(
    'when %s signs with %j then the algorithm is %s, and the signature holds',
    async (type, choice, oid) => {
      const { pkcs8 } = await keyOf(type)
      const { algorithm, spki, sign } = openSigner(pkcs8, choice)
      expect(algorithmOid(algorithm)).toBe(oid)
      const signature = sign(MESSAGE)
      expect(verifySignature({ algorithm, signed: MESSAGE, signature, spki })).toBe('valid')
      expect(verifySignature({ algorithm, signed: Buffer.from('else'), signature, spki })).toBe('invalid')
    },
  )

  test('when RSA signs with PSS then the parameters are those of RFC 4055 section 3.1', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const { algorithm } = openSigner((await keyOf('rsa-2048')).pkcs8, { pss: true, digest: 'sha384' })
    const text = outputOf(openssl, ['asn1parse', '-inform', 'DER'], algorithm).toString()
    expect(text.match(/OBJECT +:\S+|NULL|INTEGER +:\w+/g)).toEqual([
      'OBJECT            :rsassaPss',
      'OBJECT            :sha384',
      'NULL',
      'OBJECT            :mgf1',
      'OBJECT            :sha384',
      'NULL',
      'INTEGER           :30',
    ])
  })

  test('when an RSA-PSS key is bound to a digest then it signs with that, and with no other', () => {
    const privateKey = boundKey('sha384')
    const { algorithm, spki, sign } = openSigner(secretOf(privateKey))
    expect(verifySignature({ algorithm, signed: MESSAGE, signature: sign(MESSAGE), spki })).toBe('valid')
    expect(() => openSigner(secretOf(privateKey), { digest: 'sha256' })).toThrow(
      'the RSA-PSS key is bound to sha384',
    )
  })

  test('when an RSA-PSS key is bound to SHA-1 then it is refused', () => {
    const privateKey = boundKey('sha1')
    expect(() => openSigner(secretOf(privateKey))).toThrow(
      expect.objectContaining({ code: 'format.unsupported' }),
    )
  })

  test('when a curve is none of those that are made then the digest follows its length', () => {
    const oidOf = (namedCurve: string): string =>
      algorithmOid(openSigner(secretOf(generateKeyPairSync('ec', { namedCurve }).privateKey)).algorithm)
    expect(oidOf('secp256k1')).toBe('1.2.840.10045.4.3.2')
    expect(oidOf('brainpoolP384r1')).toBe('1.2.840.10045.4.3.3')
    expect(oidOf('brainpoolP512r1')).toBe('1.2.840.10045.4.3.4')
  })

  test('when a choice does not go with the key then it is refused', async () => {
    const [ed, ec] = await Promise.all([generateKey('ed25519'), generateKey('ec-p256')])
    expect(() => openSigner(ed.pkcs8, { digest: 'sha256' })).toThrow(
      expect.objectContaining({ code: 'input.invalid' }),
    )
    expect(() => openSigner(ec.pkcs8, { pss: true })).toThrow('PSS is a way to sign with RSA, the key is ec')
  })

  test('when the key cannot sign then it is refused by name', () => {
    const { privateKey } = generateKeyPairSync('x25519')
    expect(() => openSigner(secretOf(privateKey))).toThrow('a key of type x25519 cannot sign certificates')
    expect(() => openSigner(new Secret(Uint8Array.of(0x30, 0)))).toThrow(
      expect.objectContaining({ code: 'der.malformed' }),
    )
  })

  test('when digests are offered then SHA-1 and MD5 are not among them', () => {
    expect(SIGNING_DIGESTS).toEqual(['sha256', 'sha384', 'sha512'])
  })
})
