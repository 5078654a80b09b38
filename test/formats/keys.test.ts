import { createECDH, createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { concat, toHex } from '../../src/base/bytes.ts'
import { Secret } from '../../src/base/secret.ts'
import { explicit, integer, octetString, oid, sequence } from '../../src/asn1/writer.ts'
import { orNoneSync } from '../../src/base/or-none.ts'
import { publicKeyOfPkcs8 } from '../../src/crypto/keys.ts'
import { pkcs8FromPkcs1, pkcs8FromSec1, writePrivateKeyInfo } from '../../src/crypto/private-key-info.ts'
import { readPem } from '../../src/formats/pem.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { describePublicKey } from '../../src/x509/public-key.ts'
import { passwords } from '../support/password.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'

/** OpenSSL 3.5 computes the public key from a seed. */
const KNOWS_ML_KEM = !/^3\.[0-4]\./.test(process.versions.openssl)

/** DER of a key that openssl makes and of its public half. */
function generate(openssl: string, args: string): { pkcs8: Secret; spki: string } {
  const made = outputOf(openssl, ['genpkey', ...args.split(' ')])
  const key = outputOf(openssl, ['pkcs8', '-topk8', '-nocrypt', '-outform', 'DER'], made)
  return { pkcs8: new Secret(new Uint8Array(key)), spki: publicOf(openssl, key) }
}

const publicOf = (openssl: string, der: Uint8Array): string =>
  toHex(outputOf(openssl, ['pkey', '-inform', 'DER', '-pubout', '-outform', 'DER'], der))

const kinds: Record<string, string> = {
  RSA: '-algorithm RSA -pkeyopt rsa_keygen_bits:2048',
  'RSA with three primes': '-algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_primes:3',
  'RSA with exponent 3': '-algorithm RSA -pkeyopt rsa_keygen_bits:1024 -pkeyopt rsa_keygen_pubexp:3',
  'RSA-PSS with parameters':
    '-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha512 -pkeyopt rsa_pss_keygen_saltlen:40',
  Ed25519: '-algorithm ED25519',
  Ed448: '-algorithm ED448',
  X25519: '-algorithm X25519',
  X448: '-algorithm X448',
  'Diffie-Hellman': '-algorithm DH -pkeyopt group:ffdhe2048',
  'EC with its curve written out':
    '-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit',
}

const curve = (name: string): string => `-algorithm EC -pkeyopt ec_paramgen_curve:${name}`

const CURVES = [
  'P-224',
  'P-256',
  'P-384',
  'P-521',
  'secp256k1',
  'secp128r1',
  'brainpoolP384r1',
  'prime192v3',
  'sect283r1',
  'wap-wsg-idm-ecid-wtls12',
]

describe('the public key of a private key is what openssl says', () => {
  for (const [title, args] of Object.entries(kinds))
    test(`when the key is ${title}`, (context) => {
      const { pkcs8, spki } = generate(requireOracle(context, 'openssl'), args)
      expect(toHex(publicKeyOfPkcs8(pkcs8))).toBe(spki)
    })

  for (const name of CURVES)
    test(`when the key is EC on ${name}`, (context) => {
      const { pkcs8, spki } = generate(requireOracle(context, 'openssl'), curve(name))
      expect(toHex(publicKeyOfPkcs8(pkcs8))).toBe(spki)
    })

  test('when an EC key has no public point then it is computed', (context) => {
    const openssl = requireOracle(context, 'openssl')
    const { pkcs8, spki } = generate(openssl, curve('P-384'))
    const bare = pkcs8.use((der) =>
      outputOf(openssl, ['ec', '-inform', 'DER', '-no_public', '-outform', 'DER'], der),
    )
    const key = pkcs8FromSec1(new Secret(new Uint8Array(bare)))
    expect(toHex(publicKeyOfPkcs8(key))).toBe(spki)
  })

  // on a binary curve the form says another thing of y, so that half of all keys showed nothing
  for (const name of ['P-256', 'sect283k1', 'sect283k1', 'sect409r1', 'c2tnb191v1'])
    test(`when an EC key on ${name} has a compressed point then the form stays, and the key is known as the one with the uncompressed point`, (context) => {
      const openssl = requireOracle(context, 'openssl')
      const { pkcs8, spki } = generate(openssl, curve(name))
      const args = ['ec', '-inform', 'DER', '-conv_form', 'compressed', '-outform', 'DER']
      const compressed = pkcs8.use((der) => outputOf(openssl, args, der))
      const key = pkcs8FromSec1(new Secret(new Uint8Array(compressed)))
      expect(toHex(publicKeyOfPkcs8(key))).not.toBe(spki)
      const [own, theirs] = [publicKeyOfPkcs8(key), Buffer.from(spki, 'hex')].map(describePublicKey)
      expect(own).toEqual(theirs)
      expect(theirs?.spkiHash).toBe(createHash('sha256').update(spki, 'hex').digest('hex'))
    })

  test('when an EC key has the compressed point of another then it is refused', () => {
    const [own, other] = [generateKeyPairSync('ec', { namedCurve: 'P-256' }), createECDH('prime256v1')]
    const der = own.privateKey.export({ type: 'sec1', format: 'der' })
    other.generateKeys()
    const foreign = other.getPublicKey(null, 'compressed')
    // ECPrivateKey with parameters: version, number, [0] curve, [1] point
    const head = der.subarray(2, der.length - 70)
    const point = Buffer.concat([Buffer.from('a124032200', 'hex'), foreign])
    const key = Buffer.concat([Buffer.from([0x30, head.length + point.length]), head, point])
    expect(() => publicKeyOfPkcs8(pkcs8FromSec1(new Secret(new Uint8Array(key))))).toThrow('of another')
  })

  test('when openssl writes a key on the curve of SM2 under a label of its own then it is read', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const made = outputOf(openssl, ['genpkey', ...curve('SM2').split(' ')])
    const pem = outputOf(openssl, ['ec'], made)
    expect(pem.toString()).toMatch(/BEGIN SM2 PRIVATE KEY/)
    const { items } = await readItems(pem, { file: 'f', password: passwords() })
    const [key] = items
    expect(key?.type === 'private-key' && toHex(key.spki)).toBe(
      toHex(outputOf(openssl, ['pkey', '-pubout', '-outform', 'DER'], pem)),
    )
  })

  test('when an ML-KEM key stands there in bare octets, as Bouncy Castle 1.80 writes it, then the key in it is read', () => {
    const ek = randomBytes(800)
    const hash = createHash('sha3-256').update(ek).digest()
    const expanded = Buffer.concat([randomBytes(768), ek, hash, randomBytes(32)])
    const kem = (key: Uint8Array): Secret =>
      new Secret(writePrivateKeyInfo(sequence(oid('2.16.840.1.101.3.4.4.1')), key))
    expect(toHex(publicKeyOfPkcs8(kem(expanded)))).toContain(ek.toString('hex'))
    // a seed begins with any octet, also with that of a SEQUENCE
    const seed = Buffer.concat([Buffer.from('3047', 'hex'), randomBytes(62)])
    const read = (): number => publicKeyOfPkcs8(kem(seed)).length
    expect(orNoneSync(read, 'format.unsupported')).toBe(KNOWS_ML_KEM ? 822 : undefined)
  })
})

describe('a key whose parts do not belong together is refused', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const malformed = expect.objectContaining({ code: 'der.malformed' }) as Error

  test('when one number of an RSA key is changed', () => {
    const der = rsa.privateKey.export({ type: 'pkcs1', format: 'der' })
    der[200]! ^= 4 // within the private exponent or the first prime
    expect(() => publicKeyOfPkcs8(pkcs8FromPkcs1(new Secret(new Uint8Array(der))))).toThrow(malformed)
  })

  // OpenSSL signs with such a key and mends the signature; `-check` says what is wrong with it
  for (const name of ['dp', 'dq', 'qi'] as const)
    test(`when ${name} of an RSA key is wrong then that is seen, as OpenSSL sees it`, (context) => {
      const openssl = requireOracle(context, 'openssl')
      const jwk = rsa.privateKey.export({ format: 'jwk' }) as Record<string, string>
      const number = (field: string): bigint =>
        BigInt(`0x${Buffer.from(jwk[field]!, 'base64url').toString('hex')}`) + (field === name ? 2n : 0n)
      const der = sequence(...[0n, ...['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'].map(number)].map(integer))
      expect(runOracle(openssl, ['rsa', '-inform', 'DER', '-check', '-noout'], der).text).toContain(
        'RSA key not ok',
      )
      expect(() => publicKeyOfPkcs8(pkcs8FromPkcs1(new Secret(der)))).toThrow('do not belong together')
    })

  test('when something stands behind the numbers of an RSA key, as no reader takes it', (context) => {
    const openssl = requireOracle(context, 'openssl')
    const der = new Uint8Array(rsa.privateKey.export({ type: 'pkcs1', format: 'der' }))
    for (const version of [0, 1]) {
      const longer = sequence(integer(version), der.subarray(7), integer(5))
      expect(runOracle(openssl, ['rsa', '-inform', 'DER', '-noout'], longer).status).toBe(1)
      expect(() => publicKeyOfPkcs8(pkcs8FromPkcs1(new Secret(longer)))).toThrow(malformed)
    }
  })

  test('when version and first prime of an RSA key have changed places', (context) => {
    const openssl = requireOracle(context, 'openssl')
    const jwk = rsa.privateKey.export({ format: 'jwk' }) as Record<string, string>
    const number = (field: string): bigint =>
      BigInt(`0x${Buffer.from(jwk[field]!, 'base64url').toString('hex')}`)
    const [p, n, e, d, ...rest] = ['p', 'n', 'e', 'd', 'q', 'dp', 'dq', 'qi'].map(number)
    const der = sequence(...[p!, n!, e!, d!, 0n, ...rest].map(integer))
    expect(runOracle(openssl, ['rsa', '-inform', 'DER', '-noout'], der).status).toBe(1)
    expect(() => publicKeyOfPkcs8(pkcs8FromPkcs1(new Secret(der)))).toThrow('do not belong together')
  })

  test('when an EC key carries the public point of another', () => {
    const der = ec.privateKey.export({ type: 'sec1', format: 'der' })
    const foreign = other.publicKey.export({ type: 'spki', format: 'der' })
    foreign.subarray(-65).copy(der, der.length - 65)
    expect(() => publicKeyOfPkcs8(pkcs8FromSec1(new Secret(new Uint8Array(der))))).toThrow(malformed)
  })

  test('when the curve of an EC key is neither a name nor written out, or stands there twice', () => {
    const scalar = octetString(new Uint8Array(32).fill(7))
    const named = oid('1.2.840.10045.3.1.7')
    const wrapped = (curve: Uint8Array): Uint8Array =>
      writePrivateKeyInfo(sequence(oid('1.2.840.10045.2.1'), curve), sequence(integer(1), scalar))
    expect(() => publicKeyOfPkcs8(new Secret(wrapped(named)))).not.toThrow()
    expect(() => publicKeyOfPkcs8(new Secret(wrapped(integer(5))))).toThrow(malformed)
    expect(() => publicKeyOfPkcs8(new Secret(wrapped(Uint8Array.of(6, 0))))).toThrow(malformed)
    const twice = sequence(integer(1), scalar, explicit(0, concat([named, named])))
    expect(() => pkcs8FromSec1(new Secret(twice))).toThrow(malformed)
  })

  test('when an EC key names no curve then that is said, and a curve given beside it is used', () => {
    // RFC 5915 makes parameters optional: cut them out of a real key
    const whole = ec.privateKey.export({ type: 'sec1', format: 'der' })
    const bare = new Secret(Uint8Array.from([0x30, 0x25, ...whole.subarray(2, 5), ...whole.subarray(5, 39)]))
    expect(() => pkcs8FromSec1(bare)).toThrow(malformed)
    const named = pkcs8FromSec1(bare, Buffer.from('06082a8648ce3d030107', 'hex'))
    expect(toHex(publicKeyOfPkcs8(named))).toBe(
      ec.publicKey.export({ type: 'spki', format: 'der' }).toString('hex'),
    )
  })
})

describe('post-quantum keys, made by OpenSSL 3.5', () => {
  const folder = join(import.meta.dirname, '../../fixtures/post-quantum')
  const derOf = (file: string): Uint8Array => readPem(readFileSync(join(folder, file))).blocks[0]!.der
  for (const name of ['slh-dsa-sha2-128s', 'slh-dsa-shake-256f', 'ml-kem-512'])
    test(`when the key is ${name} then its public key is found, whether this Node knows it or not`, () => {
      expect(toHex(publicKeyOfPkcs8(new Secret(derOf(`${name}.key`))))).toBe(toHex(derOf(`${name}.pub`)))
    })

  test('when the public part inside an ML-KEM key is changed then it is refused', () => {
    const der = derOf('ml-kem-512.key').slice()
    der[der.length - 500]! ^= 1
    expect(() => publicKeyOfPkcs8(new Secret(der))).toThrow(
      expect.objectContaining({ name: 'CertmanError' }) as Error,
    )
  })
})
